package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolBench.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool whose store or session is lost, or whose hints are. */
class WorkerPoolLossTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final PoolBench bench = new PoolBench();

    @Test
    @Tag("K2")
    void whileTheStoreIsSilentResultsAreKeptAndToldLater() {
        WorkerPool pool = bench.pool(1);
        bench.push("job", Work.lasting(SECOND));
        bench.assign(1);
        bench.at(Duration.ofMillis(500), () -> bench.desk.silent = true);
        bench.at(SECOND.multipliedBy(20), () -> {
            assertThat(bench.state("job")).isEqualTo(JobState.RUNNING);
            bench.desk.silent = false;
        });

        bench.end(SECOND.multipliedBy(23));

        assertThat(bench.state("job")).isEqualTo(JobState.COMPLETED);
        assertThat(bench.ran).containsExactly("job");
        assertThat(pool.stats().completed()).isEqualTo(1);
        assertThat(bench.desk.exchanges).hasSizeLessThan(40);
    }

    @Test
    @Tag("K2")
    void whatALostReplyDeliveredIsDeliveredAgainAndRunsOnce() {
        bench.pool(1);
        bench.timeline.runUntilIdle();
        bench.push("job", Work.NONE);
        bench.desk.losesReplies = 1;
        bench.assign(1);

        bench.end(SECOND.multipliedBy(3));

        assertThat(bench.ran).containsExactly("job");
        assertThat(bench.state("job")).isEqualTo(JobState.COMPLETED);
        assertThat(bench.job("job").counters().starts()).isEqualTo(1);
    }

    @Test
    @Tag("Q3")
    void aLostHintIsMadeUpForByTheBackstop() {
        bench.desk.losesHints = true;
        bench.pool(1);
        bench.timeline.runUntilIdle();
        bench.push("job", Work.NONE);
        bench.assign(1);

        bench.timeline.advance(Duration.ofMillis(2_900));
        assertThat(bench.ran).isEmpty();
        bench.end(Duration.ofMillis(200));
        assertThat(bench.state("job")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("Q3")
    void anIdlePoolAsksAsOftenAsItsBackstopAndSeldomAfterAWhile() {
        bench.pool(1);
        bench.timeline.runUntilIdle();
        bench.desk.exchanges.clear();

        bench.timeline.advance(Duration.ofSeconds(12));
        assertThat(bench.desk.exchanges).hasSize(4);
        bench.end(MINUTE);

        assertThat(bench.desk.exchanges).hasSize(8);
    }

    @Test
    @Tag("Q3")
    void aHintThatIsLostInAWhileOfQuietIsMadeUpForByTheSlowBackstop() {
        bench.desk.losesHints = true;
        bench.pool(1);
        bench.timeline.advance(MINUTE);
        bench.push("job", Work.NONE);
        bench.assign(1);

        bench.timeline.advance(PoolBench.QUIET_BACKSTOP);

        assertThat(bench.state("job")).isEqualTo(JobState.COMPLETED);
        bench.push("next", Work.NONE);
        bench.assign(1);
        bench.timeline.advance(PoolBench.QUIET_BACKSTOP);
        bench.push("soon", Work.NONE);
        bench.assign(1);
        bench.end(Duration.ofSeconds(3));
        assertThat(bench.state("soon")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("J12")
    void onlyJobsWhoseHandlersHaveBegunCrashWithTheirNode() {
        bench.pool(3);
        for (int job = 0; job < 200; job++) {
            bench.push("job-" + job, Work.lasting(Duration.ofMillis(1)));
        }
        bench.assign(200);
        bench.at(Duration.ofMillis(20), () -> {
            assertThat(bench.counts().running()).isBetween(1L, 3L);
            assertThat(bench.counts().assigned()).isGreaterThan(100);
            bench.store.leader().bury(PoolBench.FENCE, PoolBench.INCARNATION, 1_000);
        });

        bench.end(SECOND);

        List<StoredJob> ready = bench.store
                .intake()
                .list("default", JobState.READY, Optional.empty(), 1_000)
                .jobs();
        assertThat(ready).hasSizeGreaterThan(100);
        assertThat(ready.stream().filter(job -> job.counters().crashes() > 0)).hasSizeBetween(1, 3);
    }

    @Test
    @Tag("C12")
    void whenTheSessionIsLostWhatRunsIsInterruptedAndSettlesNothing() {
        WorkerPool pool = bench.pool(1);
        bench.push("job", Work.lasting(MINUTE));
        bench.assign(1);
        bench.at(SECOND, () -> pool.sessionLost(OnSessionLost.INTERRUPT));

        bench.timeline.advance(SECOND);
        bench.end(Duration.ofMillis(10));

        assertThat(bench.timeline.elapsed()).isLessThan(SECOND.multipliedBy(2));
        assertThat(bench.state("job")).isEqualTo(JobState.RUNNING);
        assertThat(pool.stats().status()).isEqualTo(PoolStats.Status.STOPPED);
    }

    @Test
    @Tag("C12")
    void whenTheSessionIsLostWhatRunsMayFinishAndIsAcceptedWhileTheAttemptIsCurrent() {
        WorkerPool pool = bench.pool(1);
        bench.push("job", Work.lasting(SECOND.multipliedBy(5)));
        bench.push("second", Work.NONE);
        bench.assign(2);
        bench.at(SECOND, () -> pool.sessionLost(OnSessionLost.FINISH));

        bench.end(MINUTE);

        assertThat(bench.state("job")).isEqualTo(JobState.COMPLETED);
        assertThat(bench.state("second")).isEqualTo(JobState.ASSIGNED);
    }

    @Test
    @Tag("C12")
    void withoutTrustNothingIsTaken() {
        bench.trusted = false;
        bench.pool(1);
        bench.push("job", Work.NONE);
        bench.assign(1);

        bench.end(MINUTE);

        assertThat(bench.ran).isEmpty();
    }

    @Test
    @Tag("C12")
    void aBuriedIncarnationIsToldOnceAndItsHandlersAreInterrupted() {
        WorkerPool pool = bench.pool(2);
        bench.push("job", Work.lasting(MINUTE));
        bench.push("short", Work.lasting(SECOND));
        bench.assign(2);
        bench.at(Duration.ofMillis(500), () -> bench.store.leader().bury(PoolBench.FENCE, PoolBench.INCARNATION, 100));
        bench.at(SECOND.multipliedBy(2), () -> {
            assertThat(bench.buried).isEqualTo(1);
            assertThat(pool.stats().active()).isZero();
        });

        bench.end(MINUTE);

        assertThat(bench.buried).isEqualTo(1);
        assertThat(bench.counts().ready()).isEqualTo(2);
        assertThat(bench.job("job").counters().crashes()).isEqualTo(1);
    }
}
