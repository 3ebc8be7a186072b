package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Everything at once: pushers, a leader and nodes in threads of their own. Nothing is lost, nothing settled twice. */
public abstract class DrainContract extends StoreContract {
    private static final int JOBS = 1000;
    private static final int NODES = 3;

    private final Map<String, AtomicInteger> accepted = new ConcurrentHashMap<>();
    private final AtomicInteger keyHolders = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();

    @Test
    @Tag("K1")
    void everyJobIsSettledExactlyOnceThoughAllWorkAtOnce() {
        List<JobStore> handles = List.of(store, environment.openStore());
        IntStream.range(0, NODES).forEach(i -> admit("n" + i));
        IntStream.range(0, JOBS / 2).forEach(i -> push(drained(i)));

        Together.run(NODES + 3, thread -> {
            JobStore handle = handles.get(thread % 2);
            if (thread < NODES) {
                return work(handle, "n" + thread);
            }
            return thread == NODES ? pushRest(handle) : lead(handle);
        });

        assertThat(accepted).hasSize(JOBS);
        assertThat(accepted.values()).allMatch(times -> times.get() == 1);
        assertThat(settled).hasValue(JOBS);
        QueueCounts counts = store.intake().counts().get(0);
        assertThat(counts.live()).isZero();
        assertThat(counts.completed()).isEqualTo(JOBS);
    }

    /** Every tenth job shares a key; every seventh is released once before it completes. */
    private NewJob drained(int i) {
        NewJob job = job("job-" + i).withPriority(i % 3);
        return i % 10 == 0 ? job.withOverlap(OverlapKey.of("key")) : job;
    }

    private int pushRest(JobStore handle) {
        List<NewJob> rest =
                IntStream.range(JOBS / 2, JOBS).mapToObj(this::drained).toList();
        while (!rest.isEmpty()) {
            int some = Math.min(10, handle.capabilities().fitting(rest));
            handle.intake().push(rest.subList(0, some));
            rest = rest.subList(some, rest.size());
        }
        return JOBS / 2;
    }

    private int lead(JobStore handle) {
        int assigned = 0;
        int round = 0;
        while (busy()) {
            assigned += handle.leader()
                    .assign(FENCE, List.of(grant("n0", 8), grant("n1", 8), grant("n2", 8)))
                    .total();
            if (round++ % 10 == 0) {
                handle.leader().revoke(FENCE, "n" + round % NODES, POOL, 2);
            }
        }
        return assigned;
    }

    private int work(JobStore handle, String incarnation) {
        List<Settlement> ended = new ArrayList<>();
        int done = 0;
        while (busy()) {
            ended.forEach(this::letGo);
            ExchangeReply reply = handle.nodes().exchange(new Exchange(incarnation, POOL, ended, 5, Optional.empty()));
            done += record(ended, reply.settled());
            ended = reply.taken().stream().map(this::end).toList();
        }
        return done;
    }

    private boolean busy() {
        return settled.get() < JOBS && !Thread.currentThread().isInterrupted();
    }

    private Settlement end(Attempt attempt) {
        int number = number(attempt.token());
        if (number % 10 == 0) {
            assertThat(keyHolders.incrementAndGet())
                    .as("attempts that hold the key")
                    .isEqualTo(1);
        }
        boolean first = attempt.counters().releases() == 0;
        return Settlement.of(attempt.token(), number % 7 == 0 && first ? RELEASED : COMPLETED);
    }

    private void letGo(Settlement settlement) {
        if (number(settlement.token()) % 10 == 0) {
            keyHolders.decrementAndGet();
        }
    }

    private static int number(AttemptToken token) {
        return Integer.parseInt(token.jobId().substring("job-".length()));
    }

    private int record(List<Settlement> ended, List<SettleResult> results) {
        assertThat(results).hasSameSizeAs(ended).doesNotContain(SettleResult.STALE);
        int completed = 0;
        for (Settlement settlement : ended) {
            if (settlement.outcome().equals(COMPLETED)) {
                accepted.computeIfAbsent(settlement.token().jobId(), id -> new AtomicInteger())
                        .incrementAndGet();
                settled.incrementAndGet();
                completed++;
            }
        }
        return completed;
    }

    @Test
    @Tag("K1")
    void nodesThatReserveForThemselvesDrainTheQueueToo() {
        List<JobStore> handles = List.of(store, environment.openStore());
        IntStream.range(0, NODES).forEach(i -> admit("n" + i));
        IntStream.range(0, 200).forEach(i -> push("job-" + i));

        List<Integer> done = Together.run(NODES, i -> reserveAll(handles.get(i % 2), "n" + i));

        assertThat(done.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
        assertThat(store.intake()
                        .list(QUEUE, JobState.COMPLETED, Optional.empty(), JOBS)
                        .jobs())
                .hasSize(200);
    }

    private int reserveAll(JobStore handle, String incarnation) {
        int done = 0;
        boolean more = true;
        while (more) {
            int reserved = handle.nodes()
                    .reserve(grant(incarnation, 4), environment.now())
                    .total();
            List<Attempt> taken = handle.nodes()
                    .exchange(new Exchange(incarnation, POOL, List.of(), 4, Optional.empty()))
                    .taken();
            List<Settlement> ended = taken.stream()
                    .map(attempt -> Settlement.of(attempt.token(), COMPLETED))
                    .toList();
            List<SettleResult> results = handle.nodes()
                    .exchange(new Exchange(incarnation, POOL, ended, 0, Optional.empty()))
                    .settled();
            assertThat(results).hasSameSizeAs(ended).doesNotContain(SettleResult.STALE);
            done += results.size();
            // What was assigned a moment ago may be delivered by a later exchange only.
            more = reserved > 0 || !taken.isEmpty();
        }
        return done;
    }
}
