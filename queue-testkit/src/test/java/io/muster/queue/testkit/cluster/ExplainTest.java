package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.Queue;
import io.muster.queue.explain.Cause;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limit;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.ThrottlesExceptions;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.store.JobState;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Why is it not running? One test for each cause, but for those that nodes and workflows are. */
@Tag("O1")
class ExplainTest extends OnTwoNodes {
    @JobDefaults(tries = 1)
    record Limited() implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(RateLimited.by("hourly"));
        }

        @Override
        public void handle(JobContext context) {}
    }

    @JobDefaults(tries = 5)
    record Flaky(boolean works) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(ThrottlesExceptions.after(1, Duration.ofMinutes(10)));
        }

        @Override
        public void handle(JobContext context) {
            if (!works) {
                throw new IllegalStateException("down");
            }
        }
    }

    record Half(int seconds) implements Job {
        @Override
        public void handle(JobContext context) throws InterruptedException {
            context.progress(50);
            TestCluster.spend(SECOND.multipliedBy(seconds));
        }
    }

    record Alone(int seconds) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(WithoutOverlapping.on("printer").releaseAfter(SECOND));
        }

        @Override
        public void handle(JobContext context) throws InterruptedException {
            TestCluster.spend(SECOND.multipliedBy(seconds));
        }
    }

    ExplainTest() {
        super(builder -> builder.pool(PoolOptions.of("default").withConcurrency(1))
                .job("flaky", Flaky.class)
                .job("alone", Alone.class)
                .job("half", Half.class)
                .job("limited", Limited.class)
                .limiter("hourly", job -> Limit.perHour(1)));
    }

    @Test
    void anUnknownId() {
        assertThat(causes("nobody")).containsExactly(new Cause.UnknownId("nobody"));
        assertThat(queue.explain("nobody").job()).isEmpty();
        assertThat(queue.explain("nobody").text()).contains("knows no job nobody");
    }

    @Test
    void delayed() {
        Instant due = cluster.now().plus(Duration.ofHours(1));
        String job = queue.later(Duration.ofHours(1), new Work(1));

        assertThat(causes(job)).containsExactly(new Cause.DelayedUntil(due, 0));
        assertThat(queue.explain(job).text()).isEqualTo("It is delayed until " + due + ".");
    }

    @Test
    void toBeTriedAgain() {
        String job = queue.job(new Fails())
                .tries(2)
                .backoff(Duration.ofHours(1))
                .dispatch()
                .jobId();
        cluster.settle();

        assertThat(causes(job)).singleElement().isInstanceOfSatisfying(Cause.DelayedUntil.class, cause -> {
            assertThat(cause.starts()).isEqualTo(1);
            assertThat(cause.text()).contains("started 1 times", "tried again at");
        });
    }

    @Test
    void aLimiterHasNoPermitLeft() {
        queue.push(new Limited());
        cluster.settle();
        String second = queue.push(new Limited());
        cluster.settle();

        assertThat(causes(second)).hasSize(2);
        assertThat(causes(second).get(0)).isInstanceOf(Cause.DelayedUntil.class);
        assertThat(causes(second).get(1)).isInstanceOfSatisfying(Cause.LimiterFull.class, cause -> {
            assertThat(cause.limiter()).isEqualTo("hourly");
            assertThat(cause.refillsAt())
                    .isAfter(cluster.now())
                    .isBeforeOrEqualTo(cluster.now().plus(Duration.ofHours(1)));
        });
    }

    @Test
    void aThrottleWaitsAfterTooManyExceptions() {
        queue.push(new Flaky(false));
        cluster.settle();
        String second = queue.push(new Flaky(true));
        cluster.settle();

        assertThat(causes(second)).extracting(Cause::code).containsExactly("delayed", "throttled");
        assertThat(causes(second).get(1)).isInstanceOfSatisfying(Cause.ThrottledUntil.class, cause -> {
            assertThat(cause.key()).isEqualTo("flaky");
            assertThat(cause.until())
                    .isAfter(cluster.now().plus(Duration.ofMinutes(9)))
                    .isBeforeOrEqualTo(cluster.now().plus(Duration.ofMinutes(10)));
            assertThat(cause.text()).contains("\"flaky\" wait until " + cause.until());
        });
    }

    @Test
    void itsOverlapKeyIsALockThatANodeHolds() {
        String first = queue.push(new Alone(60));
        run(SECOND);
        String second = queue.push(new Alone(1));
        run(SECOND);
        String node = cluster.runs(first).get(0);

        assertThat(causes(second)).contains(new Cause.OverlapLockHeld("printer", node));
        assertThat(queue.explain(second).text())
                .contains("The lock of its overlap key \"printer\" is held by node " + node);
    }

    @Test
    void aCoordinatorThatDoesNotAnswerHidesWhoHoldsTheLockAndNothingElse() {
        queue.push(new Alone(60));
        run(SECOND);
        String second = queue.push(new Alone(1));
        run(SECOND);
        TestNode cutOff = cluster.node("node-1");
        assertThat(cutOff.queue().explain(second).causes())
                .extracting(Cause::code)
                .contains("overlap-lock");
        while (queue.store().intake().find(second).orElseThrow().state() != JobState.DELAYED) {
            run(Duration.ofMillis(10)); // It looks for the lock from time to time.
        }

        cutOff.cutOff();

        assertThat(cutOff.queue().explain(second).causes())
                .isNotEmpty()
                .extracting(Cause::code)
                .doesNotContain("overlap-lock");
    }

    @Test
    void itsQueueIsPausedByWhomSinceWhen() {
        Instant then = cluster.now();
        cluster.node("node-1").queue().pause("default");
        run(SECOND);
        String job = queue.push(new Work(1));

        assertThat(causes(job)).containsExactly(new Cause.QueuePaused("default", "node-1", Optional.of(then)));
        assertThat(queue.explain(job).text())
                .isEqualTo("Queue \"default\" was paused by node-1 at " + then + "; resume it.");
    }

    @Test
    void aPauseThatAnOlderVersionWroteIsReadToo() {
        assertThat(Cause.QueuePaused.of("q", "ada")).isEqualTo(new Cause.QueuePaused("q", "ada", Optional.empty()));
        assertThat(Cause.QueuePaused.of("q", "one since when"))
                .isEqualTo(new Cause.QueuePaused("q", "one since when", Optional.empty()));
    }

    @Test
    void itsOverlapKeyIsHeldByAnotherJobOnANode() {
        String first = queue.job(new Work(60))
                .withoutOverlapping(OverlapKey.of("customer 7"))
                .dispatch()
                .jobId();
        run(SECOND);
        String second = queue.job(new Work(1))
                .withoutOverlapping(OverlapKey.of("customer 7"))
                .dispatch()
                .jobId();
        run(SECOND);
        String node = cluster.runs(first).get(0);

        assertThat(causes(second)).containsExactly(new Cause.OverlapKeyHeld("customer 7", first, Optional.of(node)));
        assertThat(queue.explain(second).text())
                .isEqualTo("Its overlap key \"customer 7\" is held by job " + first + " on node " + node + ".");
    }

    @Test
    void itRunsWhereAndSinceWhen() {
        String job = queue.push(new Work(60));
        run(SECOND);
        TestNode node = cluster.node(cluster.runs(job).get(0));

        assertThat(causes(job)).containsExactly(new Cause.Running(node.name(), Optional.empty(), Optional.empty()));
        assertThat(node.queue().explain(job).causes())
                .singleElement()
                .isInstanceOfSatisfying(Cause.Running.class, cause -> {
                    assertThat(cause.node()).isEqualTo(node.name());
                    assertThat(cause.since().orElseThrow())
                            .isBetween(cluster.now().minus(SECOND.multipliedBy(2)), cluster.now());
                });
    }

    @Test
    @Tag("J8")
    void howFarItIsIsSeenFromEveryNode() {
        String job = queue.push(new Half(60));
        run(SECOND);
        TestNode node = cluster.node(cluster.runs(job).get(0));
        Queue other = cluster.nodes().stream()
                .filter(each -> each != node)
                .findFirst()
                .orElseThrow()
                .queue();

        for (Queue from : List.of(queue, other, node.queue())) {
            assertThat(from.explain(job).causes())
                    .singleElement()
                    .isInstanceOfSatisfying(Cause.Running.class, cause -> assertThat(cause.progress())
                            .contains(50));
        }
        assertThat(queue.explain(job).text()).isEqualTo("It runs on node " + node.name() + ", 50 % done.");
        assertThat(queue.nodes())
                .filteredOn(view -> view.node().id().name().equals(node.name()))
                .singleElement()
                .satisfies(view -> assertThat(view.progress()).isEqualTo(Map.of(job, 50)));
        cluster.settle();
        run(Duration.ofSeconds(10));
        assertThat(queue.nodes()).allSatisfy(view -> assertThat(view.progress()).isEmpty());
    }

    @Test
    void itHasEndedWhenAndHow() {
        String done = queue.push(new Work(1));
        String failed = queue.push(new Fails());
        cluster.settle();

        assertThat(causes(done)).singleElement().isInstanceOfSatisfying(Cause.Settled.class, cause -> {
            assertThat(cause.state()).isEqualTo(JobState.COMPLETED);
            assertThat(cause.text()).startsWith("It is COMPLETED");
        });
        assertThat(causes(failed)).singleElement().isInstanceOfSatisfying(Cause.Settled.class, cause -> {
            assertThat(cause.state()).isEqualTo(JobState.FAILED);
            assertThat(cause.at()).isPresent();
            assertThat(cause.reason().orElseThrow()).contains("cannot be done");
        });
    }

    @Test
    void nothingHoldsIt() {
        cluster.nodes().forEach(TestNode::pause);
        String job = queue.push(new Work(1));

        assertThat(causes(job)).containsExactly(new Cause.AboutToRun());
    }

    @Test
    void severalCausesAreAllTold() {
        String job = queue.pushOn("media", new Work(1));
        queue.pause("media");

        assertThat(causes(job)).extracting(Cause::code).containsExactly("queue-paused", "queue-unserved");
        assertThat(queue.explain(job).text().lines()).hasSize(2);
    }
}
