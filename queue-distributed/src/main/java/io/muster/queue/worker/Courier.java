package io.muster.queue.worker;

import io.muster.cluster.time.Backoff;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries settlements to the store and attempts back, one round trip at a time. Keeps settlements until the store answered for
 * them: an outage loses none. Owned by the pool's loop.
 */
final class Courier {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final Backoff RETRY = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));
    private static final int MOST_SETTLEMENTS = 500;

    private final NodeDesk desk;
    private final String incarnation;
    private final String pool;
    private final Deque<Ended> ended = new ArrayDeque<>();
    private boolean replyLost;
    private int failures;

    /** An attempt that ended here. */
    record Ended(Attempt attempt, Settlement settlement) {}

    Courier(NodeDesk desk, String incarnation, String pool) {
        this.desk = desk;
        this.incarnation = incarnation;
        this.pool = pool;
    }

    void add(Attempt attempt, Settlement.Outcome outcome) {
        ended.add(new Ended(attempt, Settlement.of(attempt.token(), outcome)));
    }

    /** Whether there is something to tell, or to ask again. */
    boolean hasNews() {
        return !ended.isEmpty() || replyLost;
    }

    /** Settlements the store has not answered for. */
    int kept() {
        return ended.size();
    }

    /** Says on the next trip what the pool holds: a request that was thought lost may have been applied after its successor. */
    void takeInventory() {
        replyLost = true;
    }

    /** Whether the next trip says what the pool holds. */
    boolean takesInventory() {
        return replyLost;
    }

    /** Drops what was not told: it counts nowhere any more. */
    void forget() {
        ended.clear();
        replyLost = false;
    }

    /** How long to wait before the next trip; zero unless the last one failed. */
    Duration pauseAfterFailure(RandomGenerator random) {
        return failures == 0 ? Duration.ZERO : RETRY.after(failures, random);
    }

    /**
     * One round trip. {@code heldHere} tells the ids of jobs that run or wait in the pool, if it is asked. Empty if the store could not answer; then what was
     * told is told again next time.
     *
     * @throws io.muster.queue.store.IncarnationBuriedException nothing of this incarnation counts any more
     */
    Optional<ExchangeReply> trip(int take, Supplier<Set<String>> heldHere, BiConsumer<Ended, SettleResult> settled) {
        List<Ended> told = new ArrayList<>();
        for (Ended end : ended) {
            if (told.size() == MOST_SETTLEMENTS) {
                break;
            }
            told.add(end);
        }
        Optional<Set<String>> holding = replyLost ? Optional.of(holding(heldHere.get())) : Optional.empty();
        List<Settlement> settlements = told.stream().map(Ended::settlement).toList();
        ExchangeReply reply;
        try {
            reply = desk.exchange(new Exchange(incarnation, pool, settlements, take, holding));
        } catch (StoreUnavailableException e) {
            failed(e);
            return Optional.empty();
        } catch (StoreOutcomeUnknownException e) {
            replyLost = true;
            failed(e);
            return Optional.empty();
        }
        if (failures > 0) {
            LOG.info("Store answers again pool={} after-failures={}", pool, failures);
        }
        failures = 0;
        replyLost = false;
        for (int i = 0; i < told.size(); i++) {
            ended.removeFirst();
            settled.accept(told.get(i), reply.settled().get(i));
        }
        return Optional.of(reply);
    }

    private Set<String> holding(Set<String> heldHere) {
        Set<String> holding = new HashSet<>(heldHere);
        ended.forEach(end -> holding.add(end.attempt().token().jobId()));
        return holding;
    }

    private void failed(RuntimeException cause) {
        failures++;
        if (failures == 1) {
            LOG.warn(
                    "Store does not answer; results are kept and told again pool={} kept={} reason={}",
                    pool,
                    ended.size(),
                    cause.toString());
        }
    }
}
