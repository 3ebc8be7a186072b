package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.job.JobOptions;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;
import io.muster.queue.worker.PoolBench.Work;
import io.muster.queue.worker.WorkerPool.PausedBy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final PoolBench bench = new PoolBench();

    @Test
    @Tag("K1")
    void neverMoreHandlersRunThanThePoolHasSlots() {
        bench.pool(2);
        for (int job = 0; job < 7; job++) {
            bench.push("job-" + job, Work.lasting(Duration.ofMillis(100)));
        }
        bench.assign(7);

        bench.end(MINUTE);

        assertThat(bench.mostAtOnce).isEqualTo(2);
        assertThat(bench.counts().completed()).isEqualTo(7);
        assertThat(bench.ran).hasSize(7).doesNotHaveDuplicates();
    }

    @Test
    @Tag("C7")
    void neverMoreHandlersRunThanTheNodeMayOverAllItsPools() {
        PoolBench narrow = new PoolBench(new NodeSlots(1));
        narrow.pool("main", 3);
        narrow.pool("second", 3);
        for (int job = 0; job < 6; job++) {
            narrow.push("job-" + job, Work.lasting(Duration.ofMillis(20)));
        }
        narrow.assign("main", 3);
        narrow.assign("second", 3);

        narrow.end(MINUTE);

        assertThat(narrow.mostAtOnce).isEqualTo(1);
        assertThat(narrow.ran).contains("job-0", "job-1", "job-2", "job-3", "job-4", "job-5");
    }

    @Test
    @Tag("K3")
    void aHandlerThatOverrunsItsTimeoutIsInterruptedAndFreesItsSlot() {
        bench.pool(1);
        bench.push("slow", Work.lasting(MINUTE), JobOptions.DEFAULT.withTimeout(SECOND));
        bench.push("next", Work.NONE);
        bench.assign(2);
        bench.at(SECOND.plusMillis(10), () -> {
            assertThat(bench.state("slow")).isEqualTo(JobState.FAILED);
            assertThat(bench.state("next")).isEqualTo(JobState.COMPLETED);
        });

        bench.end(SECOND.multipliedBy(2));

        assertThat(bench.job("slow").reason().orElseThrow()).isEqualTo("Timed out after PT1S");
        assertThat(bench.job("slow").counters().timeouts()).isEqualTo(1);
    }

    @Test
    @Tag("K3")
    void aHandlerThatIgnoresItsInterruptIsReplacedAndShown() {
        WorkerPool pool = bench.pool(1);
        bench.push("stubborn", Work.stubborn(MINUTE), JobOptions.DEFAULT.withTimeout(SECOND));
        bench.push("next", Work.NONE);
        bench.assign(2);
        bench.at(SECOND.multipliedBy(2), () -> {
            assertThat(bench.state("next")).isEqualTo(JobState.COMPLETED);
            assertThat(pool.stats().stuck()).isEqualTo(1);
            assertThat(pool.stats().active()).isZero();
        });

        bench.end(MINUTE.multipliedBy(2));

        assertThat(pool.stats().stuck()).isZero();
        assertThat(bench.state("stubborn")).isEqualTo(JobState.FAILED);
    }

    @Test
    @Tag("J2")
    void aStubbornHandlersLateReturnDoesNotCountForTheNextTry() {
        bench.pool(1);
        bench.push(
                "stubborn",
                Work.stubborn(SECOND.multipliedBy(5)),
                JobOptions.DEFAULT.withTimeout(SECOND).withTries(2));
        bench.assign(1);
        bench.at(Duration.ofMillis(1_100), () -> bench.assign(1));

        bench.end(MINUTE);

        assertThat(bench.state("stubborn")).isEqualTo(JobState.FAILED);
        assertThat(bench.job("stubborn").counters().timeouts()).isEqualTo(2);
        assertThat(bench.ran).containsExactly("stubborn", "stubborn");
    }

    @Test
    @Tag("K4")
    void aPausedPoolGivesBackWhatItTookAheadAndLetsTheRunningJobEnd() {
        WorkerPool pool = bench.pool(1);
        bench.warmUp();
        pushOneLongAndThreeShort();
        bench.at(Duration.ofMillis(100), () -> pool.pause(PausedBy.NODE));
        bench.at(Duration.ofMillis(150), () -> {
            assertThat(bench.counts().ready()).isEqualTo(3);
            assertThat(bench.state("long")).isEqualTo(JobState.RUNNING);
            assertThat(pool.stats().status()).isEqualTo(PoolStats.Status.PAUSED);
        });

        bench.end(SECOND.multipliedBy(2));

        assertThat(bench.state("long")).isEqualTo(JobState.COMPLETED);
        assertThat(bench.job("short-0").counters().starts()).isZero();

        pool.resume(PausedBy.NODE);
        bench.assign(3);
        bench.end(SECOND);
        assertThat(bench.counts().completed()).isEqualTo(404);
    }

    @Test
    @Tag("C7")
    void whatTheNodeHasNoSlotForStaysAssigned() {
        PoolBench narrow = new PoolBench(new NodeSlots(1));
        narrow.pool("main", 3);
        narrow.pool("second", 3);
        for (int job = 0; job < 6; job++) {
            narrow.push("job-" + job, Work.lasting(SECOND));
        }
        narrow.assign("main", 3);
        narrow.assign("second", 3);
        narrow.at(Duration.ofMillis(500), () -> {
            assertThat(narrow.counts().running()).isEqualTo(1);
            assertThat(narrow.counts().assigned()).isEqualTo(5);
        });

        narrow.end(MINUTE);

        assertThat(narrow.counts().completed()).isEqualTo(6);
    }

    @Test
    @Tag("K2")
    void manyJobsThatDoNothingShareTripsToTheStore() {
        bench.pool(2);
        bench.warmUp();
        bench.desk.exchanges.clear();
        for (int job = 0; job < 400; job++) {
            bench.push("job-" + job, Work.NONE);
        }
        bench.assign(400);

        bench.end(SECOND);

        assertThat(bench.counts().completed()).isEqualTo(800);
        assertThat(bench.desk.exchanges).hasSizeLessThan(20);
    }

    @Test
    @Tag("K1")
    void jobsTakenAheadAreGivenBackIfALongOneKeepsThemWaiting() {
        bench.pool(1);
        bench.warmUp();
        pushOneLongAndThreeShort();
        bench.at(Duration.ofMillis(90), () -> assertThat(bench.counts().running())
                .isEqualTo(4));
        bench.at(Duration.ofMillis(110), () -> {
            assertThat(bench.counts().ready()).isEqualTo(3);
            assertThat(bench.counts().running()).isEqualTo(1);
        });

        bench.end(SECOND.multipliedBy(2));

        assertThat(bench.job("short-0").counters().starts()).isZero();
    }

    @Test
    @Tag("K4")
    void drainingGivesTheRestBackWithoutAnAttemptAndInterruptsAfterTheGrace() {
        WorkerPool pool = bench.pool(1);
        bench.warmUp();
        pushOneLongAndThreeShort();
        AtomicInteger drained = new AtomicInteger();
        bench.at(Duration.ofMillis(100), () -> pool.drain(Duration.ofMillis(300), drained::incrementAndGet));
        bench.at(Duration.ofMillis(150), () -> {
            assertThat(bench.counts().ready()).isEqualTo(3);
            assertThat(drained).hasValue(0);
        });
        bench.at(Duration.ofMillis(450), () -> assertThat(drained).hasValue(1));

        bench.end(SECOND.multipliedBy(10));

        assertThat(bench.counts().ready()).isEqualTo(4);
        assertThat(bench.job("long").counters().starts()).isZero();
        assertThat(pool.stats().status()).isEqualTo(PoolStats.Status.STOPPED);
        assertThat(drained).hasValue(1);
    }

    @Test
    @Tag("K4")
    void drainingEndsAtOnceIfNothingRunsAndInTimeIfTheStoreIsSilent() {
        WorkerPool idle = bench.pool("idle", 1);
        AtomicInteger drained = new AtomicInteger();
        idle.drain(MINUTE, drained::incrementAndGet);
        bench.timeline.runUntilIdle();
        assertThat(drained).hasValue(1);

        WorkerPool busy = bench.pool(1);
        bench.push("job", Work.NONE);
        bench.assign(1);
        bench.at(Duration.ofMillis(1), () -> {
            bench.desk.silent = true;
            busy.drain(SECOND, drained::incrementAndGet);
        });
        bench.push("late", Work.lasting(MINUTE));
        bench.assign(2);
        bench.end(SECOND.multipliedBy(4));
        assertThat(drained).hasValue(2);
    }

    @Test
    @Tag("K5")
    void listenersAreToldOfWhatTheStoreAcceptedAndAThrowingOneChangesNothing() {
        List<String> told = new ArrayList<>();
        bench.ledger.listen(new PoolListener() {
            @Override
            public void completed(Attempt attempt) {
                throw new IllegalStateException("listener is broken");
            }
        });
        bench.ledger.listen(new PoolListener() {
            @Override
            public void completed(Attempt attempt) {
                told.add("completed " + attempt.token().jobId());
            }

            @Override
            public void failed(Attempt attempt, Settlement.Failed failure) {
                told.add("failed " + attempt.token().jobId() + ": " + failure.reason());
            }
        });
        bench.pool(1);
        bench.push("good", Work.NONE);
        bench.push("slow", Work.lasting(MINUTE), JobOptions.DEFAULT.withTimeout(SECOND));
        bench.assign(2);

        bench.timeline.advance(SECOND.multipliedBy(2));

        assertThat(told).containsExactly("completed good", "failed slow: Timed out after PT1S");
        assertThat(bench.timeline.failures()).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessage("listener is broken"));
        assertThat(bench.state("good")).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @Tag("J1")
    void whatCannotBeReadOrHasNoHandlerFailsAndIsKeptAndItsSlotIsFree() {
        WorkerPool pool = bench.pool(1);
        byte[] broken = "{{{".getBytes(StandardCharsets.UTF_8);
        bench.store
                .intake()
                .push(List.of(
                        NewJob.of("broken", "default", "work", broken),
                        NewJob.of(
                                "foreign",
                                "default",
                                "other",
                                "{\"v\":1,\"data\":{}}".getBytes(StandardCharsets.UTF_8))));
        bench.push("good", Work.NONE);
        bench.assign(3);

        bench.end(SECOND);

        assertThat(bench.job("broken").reason().orElseThrow()).contains("unreadable");
        assertThat(bench.job("broken").payload()).isEqualTo(broken);
        assertThat(bench.job("foreign").reason().orElseThrow()).contains("\"other\" has no handler on node a");
        assertThat(bench.state("good")).isEqualTo(JobState.COMPLETED);
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    @Tag("C8")
    void aPoolThatRanOutOfWorkSaysSoOnce() {
        bench.pool(2);
        bench.timeline.runUntilIdle();
        assertThat(bench.hungry).isZero();
        bench.push("job", Work.NONE);
        bench.assign(1);

        bench.end(MINUTE);

        assertThat(bench.hungry).isEqualTo(1);
    }

    private void pushOneLongAndThreeShort() {
        bench.push("long", Work.lasting(SECOND));
        for (int job = 0; job < 3; job++) {
            bench.push("short-" + job, Work.NONE);
        }
        bench.assign(4);
    }
}
