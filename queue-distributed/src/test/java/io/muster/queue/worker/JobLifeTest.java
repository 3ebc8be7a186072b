package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.time.Deadline;
import io.muster.queue.job.DiscardOn;
import io.muster.queue.job.Dispatchable;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobSupplies;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.Middleware;
import io.muster.queue.store.JobState;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a job says and asks in a real pool, in manual time. */
class JobLifeTest {
    private static final JobType<Step> STEP = new JobType<>("step", Step.class, JobOptions.DEFAULT);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final PoolBench bench = new PoolBench();
    private final List<String> log = new ArrayList<>();
    private final List<Object> instances = new ArrayList<>();
    private final List<JobState> duringHook = new ArrayList<>();
    private Handler<Step> handler = (job, context) -> {};

    @DiscardOn(UnsupportedOperationException.class)
    record Step(String name) implements Dispatchable {
        @Override
        public Optional<Duration> backoff(int failures, Throwable cause) {
            return switch (name) {
                case "computed" -> Optional.of(SECOND.multipliedBy(failures));
                case "below-zero" -> Optional.of(SECOND.negated());
                case "throwing" -> throw new IllegalStateException("no backoff");
                default -> Optional.empty();
            };
        }
    }

    /** Calls what the test says; remembers what its failed hook was told. */
    private final class Watched implements Handler<Step> {
        @Override
        public void handle(Step job, JobContext context) throws Exception {
            instances.add(job);
            log.add(job.name() + " " + context.attempt());
            handler.handle(job, context);
        }

        @Override
        public void failed(Step job, Throwable cause) throws Exception {
            instances.add(job);
            log.add("failed: " + cause.getMessage());
            duringHook.add(bench.state("job"));
            if (job.name().equals("slow-hook")) {
                bench.timeline.await(
                        new CompletableFuture<Void>(), Deadline.after(Duration.ofHours(1), bench.timeline.ticker()));
                log.add("hook ended");
            }
            if (job.name().equals("bad-hook")) {
                throw new IllegalStateException("hook broken");
            }
        }
    }

    private WorkerPool pool(Middleware... middleware) {
        return pool(PoolOptions.of("default").withName("main"), middleware);
    }

    private WorkerPool pool(PoolOptions options, Middleware... middleware) {
        return bench.pool(
                options,
                JobTypes.builder()
                        .register(STEP, new Watched())
                        .supplies(new JobSupplies(JobSupplies.NONE.factory(), List.of(middleware), Map.of(), Map.of()))
                        .build());
    }

    private StoredJob run(String name, JobOptions options, Duration time) {
        bench.push("job", STEP, new Step(name), options);
        bench.assign(1);
        bench.end(time);
        return bench.job("job");
    }

    @Test
    @Tag("J9")
    void theFailedHookIsCalledOnceOnAFreshInstanceAfterTheLastTry() {
        handler = (job, context) -> {
            throw new IllegalStateException("broken");
        };
        pool();
        bench.at(SECOND, () -> bench.assign(1));

        StoredJob job = run("step", JobOptions.DEFAULT.withTries(2), SECOND.multipliedBy(2));

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(log).containsExactly("step 1", "step 2", "failed: broken");
        assertThat(duringHook).containsExactly(JobState.RUNNING);
        assertThat(instances.get(2)).isEqualTo(instances.get(1)).isNotSameAs(instances.get(1));
    }

    @Test
    @Tag("J9")
    @Tag("J8")
    void aJobThatWasFailedTellsItsHookWhy() {
        handler = (job, context) -> context.fail("not today");
        pool();

        StoredJob job = run("step", JobOptions.DEFAULT.withTries(9), SECOND);

        assertThat(log).containsExactly("step 1", "failed: not today");
        assertThat(job.reason()).contains("not today");
    }

    @Test
    @Tag("J9")
    @Tag("J8")
    void failingWithoutAReasonAndWithACauseBothFailForGood() {
        handler = (job, context) -> {
            context.fail();
            context.fail(new IllegalStateException("cause"));
        };
        pool();

        StoredJob job = run("step", JobOptions.DEFAULT.withTries(9), SECOND);

        assertThat(log).containsExactly("step 1", "failed: cause");
        assertThat(job.detail().orElseThrow()).contains("JobLifeTest");
    }

    @Test
    @Tag("J9")
    @Tag("K3")
    void aTimeoutThatFailsTheJobCallsTheHookToo() {
        handler = (job, context) -> bench.timeline.await(
                new CompletableFuture<Void>(), Deadline.after(Duration.ofHours(1), bench.timeline.ticker()));
        pool();

        StoredJob job = run("step", JobOptions.DEFAULT.withTimeout(SECOND), SECOND.multipliedBy(2));

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(log).containsExactly("step 1", "failed: Timed out after PT1S");
    }

    @Test
    @Tag("J9")
    void aHookThatThrowsChangesNothing() {
        handler = (job, context) -> context.fail("asked");
        pool();

        assertThat(run("bad-hook", JobOptions.DEFAULT, SECOND).state()).isEqualTo(JobState.FAILED);
    }

    @Test
    @Tag("J9")
    void aHookThatDoesNotEndIsInterruptedAndTheJobFails() {
        handler = (job, context) -> context.fail("asked");
        pool();

        StoredJob job = run("slow-hook", JobOptions.DEFAULT.withTimeout(SECOND), SECOND.multipliedBy(2));

        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(log).contains("failed: asked");
    }

    @Test
    @Tag("J9")
    @Tag("K4")
    void aJobWhoseHookRunsWhenItsNodeStopsIsGivenBackToFailElsewhere() {
        handler = (job, context) -> context.fail("asked");
        WorkerPool pool = pool();
        List<String> drained = new ArrayList<>();
        bench.at(SECOND, () -> pool.drain(SECOND, () -> drained.add("drained")));

        StoredJob job = run("slow-hook", JobOptions.DEFAULT, SECOND.multipliedBy(4));

        assertThat(drained).isNotEmpty();
        assertThat(job.state()).isEqualTo(JobState.READY);
        assertThat(job.counters().starts()).isZero();
    }

    @Test
    @Tag("J10")
    void anExceptionThatTheClassNamesDiscardsTheJobQuietly() {
        handler = (job, context) -> {
            throw new UnsupportedOperationException("gone");
        };
        pool();

        StoredJob job = run("step", JobOptions.DEFAULT.withTries(5), SECOND);

        assertThat(job.state()).isEqualTo(JobState.DISCARDED);
        assertThat(job.reason().orElseThrow()).contains("gone");
        assertThat(log).containsExactly("step 1");
    }

    @Test
    @Tag("J2")
    void aComputedBackoffBeatsTheOptions() {
        handler = (job, context) -> {
            throw new IllegalStateException("broken");
        };
        pool();
        JobOptions options = JobOptions.DEFAULT.withTries(0).withBackoff(Duration.ofHours(1));

        StoredJob job = run("computed", options, Duration.ofMillis(10));

        assertThat(job.dueAt())
                .contains(bench.timeline.clock().instant().plus(SECOND).minusMillis(10));
    }

    @Test
    @Tag("J2")
    void aComputedBackoffThatThrowsOrIsNegativeDoesNoHarm() {
        handler = (job, context) -> {
            throw new IllegalStateException("broken");
        };
        pool();

        StoredJob job = run("throwing", JobOptions.DEFAULT.withTries(2), Duration.ofMillis(10));

        assertThat(job.state()).isEqualTo(JobState.READY);
        bench.push("other", STEP, new Step("below-zero"), JobOptions.DEFAULT.withTries(2));
        bench.assign(1);
        bench.end(Duration.ofMillis(10));
        assertThat(bench.state("other")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("J2")
    @Tag("K1")
    void thePoolsDefaultsAreUsedWhereTheJobSaysNothing() {
        handler = (job, context) -> {
            throw new IllegalStateException("broken");
        };
        pool(PoolOptions.of("default").withName("main").withJobDefaults(JobOptions.DEFAULT.withTries(2)));

        StoredJob silent = run("step", JobOptions.DEFAULT, Duration.ofMillis(10));

        assertThat(silent.state()).isEqualTo(JobState.READY);
        bench.push("other", STEP, new Step("step"), JobOptions.DEFAULT.withTries(1));
        bench.assign(2);
        bench.end(Duration.ofMillis(10));
        assertThat(bench.state("other")).isEqualTo(JobState.FAILED);
    }

    @Test
    @Tag("J8")
    @Tag("M1")
    void aJobHeldBackByMiddlewareUsesNoTryAndItsHandlerIsNotCalled() {
        List<Integer> held = new ArrayList<>();
        pool(invocation -> {
            if (held.size() < 3) {
                held.add(invocation.context().attempt());
                invocation.hold(SECOND);
            } else {
                invocation.proceed();
            }
        });
        for (int second = 1; second < 5; second++) {
            bench.at(SECOND.multipliedBy(second).plusMillis(100), () -> {
                bench.store
                        .leader()
                        .tend(
                                PoolBench.FENCE,
                                Retention.DEFAULT,
                                bench.timeline.clock().instant(),
                                10);
                bench.assign(1);
            });
        }

        StoredJob job = run("step", JobOptions.DEFAULT.withTries(1), SECOND.multipliedBy(6));

        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(held).containsExactly(1, 1, 1);
        assertThat(log).containsExactly("step 1");
        assertThat(job.counters().starts()).isEqualTo(1);
    }

    @Test
    @Tag("J8")
    @Tag("M1")
    void aMiddlewareThatReleasesUsesATry() {
        pool(invocation -> invocation.context().release(SECOND));

        StoredJob job = run("step", JobOptions.DEFAULT.withTries(2), Duration.ofMillis(10));

        assertThat(job.state()).isEqualTo(JobState.DELAYED);
        assertThat(job.counters().starts()).isEqualTo(1);
        assertThat(log).isEmpty();
    }

    @Test
    @Tag("M1")
    void aMiddlewareThatThrowsFailsTheAttemptLikeTheHandler() {
        pool(invocation -> {
            throw new IllegalStateException("refused");
        });

        StoredJob job = run("step", JobOptions.DEFAULT, SECOND);

        assertThat(job.reason().orElseThrow()).contains("refused");
        assertThat(job.counters().exceptions()).isEqualTo(1);
    }

    @Test
    @Tag("J8")
    void aMomentInThePastReleasesAtOnce() {
        handler = (job, context) ->
                context.release(bench.timeline.clock().instant().minusSeconds(5));
        pool();

        assertThat(run("step", JobOptions.DEFAULT.withTries(2), Duration.ofMillis(10))
                        .state())
                .isEqualTo(JobState.READY);
    }

    @Test
    @Tag("J8")
    void aMomentToComeReleasesUntilThen() {
        handler = (job, context) ->
                context.release(bench.timeline.clock().instant().plusSeconds(5));
        pool();

        StoredJob job = run("step", JobOptions.DEFAULT.withTries(2), Duration.ofMillis(10));

        assertThat(job.dueAt())
                .contains(bench.timeline.clock().instant().plusSeconds(5).minusMillis(10));
    }

    @Test
    @Tag("J8")
    void progressIsSeenWhileTheJobRuns() {
        handler = (job, context) -> {
            context.progress(40);
            bench.timeline.await(new CompletableFuture<Void>(), Deadline.after(SECOND, bench.timeline.ticker()));
        };
        WorkerPool pool = bench.pool(
                PoolOptions.of("default").withName("main"),
                JobTypes.builder().register(STEP, new Watched()).build());
        List<RunningJob> seen = new ArrayList<>();
        bench.at(Duration.ofMillis(500), () -> seen.addAll(pool.runningJobs()));

        run("step", JobOptions.DEFAULT.withTags("night"), SECOND.multipliedBy(2));

        assertThat(seen).singleElement().satisfies(running -> {
            assertThat(running.jobId()).isEqualTo("job");
            assertThat(running.progress()).isEqualTo(40);
            assertThat(running.tags()).containsExactly("night");
            assertThat(running.runningFor()).isEqualTo(Duration.ofMillis(500));
        });
        assertThat(pool.runningJobs()).isEmpty();
    }

    @Test
    @Tag("J8")
    void anotherProgressThanAPercentageIsRefused() {
        handler = (job, context) -> context.progress(101);
        pool();

        assertThat(run("step", JobOptions.DEFAULT, SECOND).reason().orElseThrow())
                .contains("from 0 to 100");
    }
}
