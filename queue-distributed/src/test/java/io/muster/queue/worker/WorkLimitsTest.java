package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.job.Handler;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolBench.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One pool with limits, whatever its leader gives it. */
@Tag("K1")
class WorkLimitsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final PoolOptions MAIN = PoolOptions.of("default").withName("main");

    private final PoolBench bench = new PoolBench();

    @Test
    void noMoreIsTakenThanRemainsHoweverMuchIsAssigned() {
        pool(MAIN.withConcurrency(3).withMaxJobs(4));
        push(10, Work.lasting(SECOND));
        bench.assign(10);

        bench.end(SECOND.multipliedBy(20));

        assertThat(bench.ran).hasSize(4);
        assertThat(bench.desk.exchanges.stream().mapToInt(Exchange::take)).allMatch(take -> take <= 3);
        assertThat(bench.counts().running()).isZero();
        assertThat(bench.counts().assigned()).isEqualTo(6);
        assertThat(bench.ended).containsExactly("main");
    }

    @Test
    void whatALostReplyDeliveredAgainIsCountedOnce() {
        pool(MAIN.withMaxJobs(2));
        push(5, Work.NONE);
        bench.desk.losesReplies = 1;
        bench.assign(5);

        bench.end(SECOND.multipliedBy(60));

        assertThat(bench.ran).hasSize(2).doesNotHaveDuplicates();
        assertThat(bench.ended).containsExactly("main");
    }

    @Test
    void atItsMaxTimeItFinishesWhatRunsAndTakesNothingMore() {
        pool(MAIN.withMaxTime(SECOND.multipliedBy(5)));
        push(3, Work.lasting(SECOND.multipliedBy(4)));
        bench.assign(3);
        bench.at(SECOND.multipliedBy(6), () -> assertThat(bench.ended).isEmpty());

        bench.end(SECOND.multipliedBy(30));

        assertThat(bench.ran).hasSize(2);
        assertThat(bench.counts().completed()).isEqualTo(2);
        assertThat(bench.ended).containsExactly("main");
    }

    @Test
    void aSilentStoreIsNoEmptyOne() {
        bench.desk.silent = true;
        pool(MAIN.withStopWhenEmpty());

        bench.end(SECOND.multipliedBy(60));
        assertThat(bench.ended).isEmpty();

        bench.desk.silent = false;
        bench.end(SECOND.multipliedBy(10));
        assertThat(bench.ended).containsExactly("main");
    }

    @Test
    void aPausedPoolDoesNotTakeItsQueueForEmpty() {
        WorkerPool pool = pool(MAIN.withStopWhenEmpty(), made -> made.pause(WorkerPool.PausedBy.MAINTENANCE));

        bench.end(SECOND.multipliedBy(60));
        assertThat(bench.ended).isEmpty();
        assertThat(pool.stats().status()).isEqualTo(PoolStats.Status.MAINTENANCE);

        pool.resume(WorkerPool.PausedBy.MAINTENANCE);
        bench.end(SECOND.multipliedBy(10));
        assertThat(bench.ended).containsExactly("main");
    }

    @Test
    void aSlotRestsBetweenTwoJobs() {
        pool(MAIN.withRest(SECOND.multipliedBy(10)).withConcurrency(2));
        push(6, Work.NONE);
        bench.assign(6);
        bench.at(SECOND, () -> assertThat(bench.ran).hasSize(2));
        bench.at(SECOND.multipliedBy(11), () -> assertThat(bench.ran).hasSize(4));

        bench.end(SECOND.multipliedBy(25));

        assertThat(bench.ran).hasSize(6);
        assertThat(bench.counts().completed()).isEqualTo(6);
    }

    @Test
    void ofFewerSlotsTheSurplusFinishAndOfMoreTheNewOnesBeginAtOnce() {
        PoolBench.Live live = bench.live(MAIN.withConcurrency(3), types());
        push(20, Work.lasting(SECOND.multipliedBy(2)));
        bench.assign(20);
        List<Integer> active = new ArrayList<>();
        bench.at(SECOND, () -> {
            live.change(MAIN.withConcurrency(1));
            active.add(live.pool().stats().active());
        });
        bench.at(SECOND.multipliedBy(3), () -> active.add(live.pool().stats().active()));
        bench.at(SECOND.multipliedBy(5), () -> live.change(MAIN.withConcurrency(4)));
        bench.at(SECOND.multipliedBy(6), () -> active.add(live.pool().stats().active()));

        bench.end(SECOND.multipliedBy(60));

        assertThat(active).containsExactly(3, 1, 4);
        assertThat(bench.counts().completed()).isEqualTo(20);
    }

    @Test
    void aChangedTimeoutHoldsForWhatBeginsFromThen() {
        PoolBench.Live live = bench.live(MAIN.withTimeout(SECOND.multipliedBy(30)), types());
        push(2, Work.lasting(SECOND.multipliedBy(10)));
        bench.assign(2);
        bench.at(SECOND, () -> live.change(MAIN.withTimeout(SECOND)));

        bench.end(SECOND.multipliedBy(60));

        assertThat(bench.state("job-0")).isEqualTo(JobState.COMPLETED);
        assertThat(bench.state("job-1")).isEqualTo(JobState.FAILED);
    }

    @Test
    void theHeapIsMeasuredAfterACollection() {
        byte[][] kept = new byte[64][];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new byte[1 << 20];
        }
        System.gc();

        assertThat(Heap.usedAfterCollection()).isGreaterThan((long) kept.length << 20);
    }

    @Test
    void whatIsWrongIsRefusedAtOnceAndNamed() {
        refused(() -> MAIN.withConcurrency(0), "concurrency", "0");
        refused(() -> MAIN.withMaxJobs(0), "max-jobs", "0");
        refused(() -> MAIN.withMaxTime(Duration.ZERO), "max-time", "PT0S");
        refused(() -> MAIN.withMemoryMiB(-1), "memory", "-1");
        refused(() -> MAIN.withSleep(Duration.ofMillis(10)), "sleep", "PT0.01S");
        refused(() -> MAIN.withRest(Duration.ofSeconds(-1)), "rest", "PT-1S");
        refused(() -> MAIN.withTries(-1), "tries", "-1");
        refused(() -> MAIN.withTimeout(Duration.ZERO), "timeout", "PT0S");
        refused(() -> MAIN.withBackoff(Duration.ofSeconds(-2)), "backoff", "PT-2S");
        refused(() -> PoolOptions.of(), "queue", "at least one");
    }

    private static void refused(ThrowingCallable call, String option, String value) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .containsIgnoringCase(option)
                .contains(value);
    }

    private WorkerPool pool(PoolOptions options) {
        return bench.pool(options, types());
    }

    private WorkerPool pool(PoolOptions options, Consumer<WorkerPool> first) {
        return bench.live(options, types(), first).pool();
    }

    private JobTypes types() {
        Handler<Work> handler = bench::work;
        return JobTypes.builder()
                .register(new JobType<>("work", Work.class, JobOptions.DEFAULT), handler)
                .build();
    }

    private void push(int jobs, Work work) {
        for (int i = 0; i < jobs; i++) {
            bench.push("job-" + i, work);
        }
    }
}
