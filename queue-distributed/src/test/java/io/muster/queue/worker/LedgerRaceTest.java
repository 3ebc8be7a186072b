package io.muster.queue.worker;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.races.Races;
import io.muster.races.ThreadsOnly;
import io.muster.races.Together;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LedgerRaceTest {
    @Test
    void nothingIsCountedTwiceOrNotAtAll() {
        Races.assertNone(new Settling());
    }

    @Test
    void theCheckFindsPartsThatExceedTheirSum() {
        Races.assertFound(new ReadsTwice());
    }

    /** Two jobs end while somebody looks. */
    public static final class Settling implements Runnable {
        @Override
        public void run() {
            Ledger ledger = new Ledger("a", "main", new ThreadsOnly(), PoolWatch.NONE);
            Attempt attempt = new Attempt(
                    new AttemptToken("job", 1, "a-1", "nonce"),
                    "default",
                    "work",
                    new byte[0],
                    0,
                    Counters.NONE,
                    1,
                    Instant.EPOCH);
            Together.share(ledger, attempt);
            Runnable completes = () -> ledger.settled(attempt, new Settlement.Completed(), SettleResult.ACCEPTED);
            Together.run(
                    completes,
                    () -> {
                        ledger.settled(attempt, new Settlement.Completed(), SettleResult.STALE);
                        completes.run();
                    },
                    () -> {
                        PoolStats stats = ledger.idle(1);
                        Together.check(stats.processed() == stats.completed(), "a sum and its only part: " + stats);
                    });

            PoolStats stats = ledger.idle(1);
            Together.check(stats.completed() == 2 && stats.stale() == 1, "all counted: " + stats);
        }
    }

    /** Sums up first, and tells the parts as they are then. */
    public static final class ReadsTwice implements Runnable {
        @Override
        public void run() {
            AtomicInteger completed = new AtomicInteger();
            Together.share(completed);
            Together.run(completed::incrementAndGet, () -> {
                int processed = completed.get();
                Together.check(processed == completed.get(), "a sum and its only part");
            });
        }
    }
}
