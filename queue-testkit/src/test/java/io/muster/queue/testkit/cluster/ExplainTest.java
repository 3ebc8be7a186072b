package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.explain.Cause;
import io.muster.queue.explain.NodeCause;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Why is it not running? One test for each cause. */
class ExplainTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestCluster cluster = TestCluster.of(2, this::application);
    private final Queue queue = cluster.queue();

    record Work(int seconds) {}

    record Fails() {}

    record NobodyKnows() {}

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

    private void application(QueueBuilder builder) {
        builder.settings(settings -> settings.toBuilder().maxConcurrency(2).build())
                .pool(PoolOptions.of("default").withConcurrency(1))
                .pool(PoolOptions.of("other").withConcurrency(3).withForce())
                .job("flaky", Flaky.class)
                .job("alone", Alone.class)
                .job("half", Half.class)
                .limiter("hourly", job -> Limit.perHour(1))
                .handle("work", Work.class, (work, context) -> TestCluster.spend(SECOND.multipliedBy(work.seconds())))
                .handle("fails", Fails.class, (job, context) -> {
                    throw new IllegalStateException("cannot be done");
                })
                .type("nobody-knows", NobodyKnows.class)
                .job("limited", Limited.class);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<Cause> causes(String jobId) {
        return queue.explain(jobId).causes();
    }

    private void run(Duration duration) {
        cluster.advance(duration);
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
    void theClusterIsInMaintenanceByWhomAndWhy() {
        Instant then = cluster.now();
        queue.operations().down("ada", "moving house");
        run(SECOND);
        String job = queue.push(new Work(1));
        String forced = queue.pushOn("other", new Work(60));
        run(SECOND);

        assertThat(causes(job)).containsExactly(new NodeCause.InMaintenance("ada", "moving house", then));
        assertThat(queue.explain(job).text())
                .isEqualTo("The cluster is in maintenance since " + then
                        + " by ada (moving house): no pool that could run it begins a job.");
        assertThat(causes(forced)).extracting(Cause::code).containsExactly("running");
        queue.operations().up();
        run(SECOND);
        assertThat(causes(job)).extracting(Cause::code).doesNotContain("maintenance");
    }

    @Test
    void someNodesArePausedAndTheOthersInMaintenance() {
        cluster.node("node-1").queue().pause();
        queue.operations().down("ada", "");
        run(Duration.ofSeconds(10));
        String job = queue.push(new Work(1));
        run(SECOND);

        assertThat(causes(job)).extracting(Cause::code).containsExactly("maintenance", "nodes-not-working");
    }

    @Test
    void nodesRunAsMuchAsTheyMayThoughItsPoolHasFreeSlots() {
        queue.bulk(
                "other", List.of(new Work(60), new Work(60), new Work(60), new Work(60), new Work(60), new Work(60)));
        run(Duration.ofSeconds(10));
        String job = queue.push(new Work(1));
        run(SECOND);

        Cause full = new NodeCause.NodesFull(Map.of("node-1", 2, "node-2", 2));
        assertThat(causes(job)).hasSize(1).first().satisfies(cause -> assertThat(cause.code())
                .isIn("nodes-full", "assigned"));
        assertThat(full.text()).contains("node-1 2, node-2 2");
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
    void noNodeServesItsQueue() {
        String job = queue.pushOn("media", new Work(1));

        assertThat(causes(job))
                .containsExactly(new Cause.QueueUnserved(
                        "media", Map.of("node-1", List.of("default", "other"), "node-2", List.of("default", "other"))));
        assertThat(queue.explain(job).text())
                .isEqualTo(
                        "No live node serves queue \"media\"; node-1 serves default, other; node-2 serves default, other.");
    }

    @Test
    void noNodeIsThere() {
        cluster.node("node-1").kill();
        cluster.node("node-2").kill();
        run(cluster.sessionTtl().multipliedBy(2));
        String job = queue.push(new Work(1));

        assertThat(causes(job)).containsExactly(new Cause.QueueUnserved("default", Map.of()));
        assertThat(queue.explain(job).text()).contains("there is no live node");
    }

    @Test
    void noNodeServesItsType() {
        String job = queue.push(new NobodyKnows());
        List<String> handled = List.of("alone", "fails", "flaky", "half", "limited", "work");

        assertThat(causes(job))
                .containsExactly(new Cause.TypeUnserved(
                        "nobody-knows", "default", Map.of("node-1", handled, "node-2", handled)));
        assertThat(queue.explain(job).text()).contains("node-1 handles alone, fails, flaky, half, limited, work");
    }

    @Test
    void theNodesThatCouldRunItArePaused() {
        cluster.node("node-1").queue().pause();
        cluster.node("node-2").queue().pause();
        run(Duration.ofSeconds(10));
        String job = queue.push(new Work(1));
        run(SECOND);

        assertThat(causes(job))
                .containsExactly(new Cause.NodesNotWorking(Map.of("node-1", "PAUSED", "node-2", "PAUSED")));
        assertThat(queue.explain(job).text()).contains("node-1 is PAUSED, node-2 is PAUSED");
    }

    @Test
    void allSlotsAreBusy() {
        queue.bulk("default", List.of(new Work(60), new Work(60), new Work(60), new Work(60), new Work(60)));
        run(Duration.ofSeconds(10));
        String job = queue.push(new Work(1));
        run(SECOND);

        assertThat(causes(job)).containsExactly(new Cause.SlotsBusy("default", 2, 2, List.of("node-1", "node-2")));
        assertThat(queue.explain(job).text())
                .isEqualTo("All slots that serve queue \"default\" are busy (2 of 2) on node-1, node-2.");
    }

    @Test
    void nobodyLeads() {
        TestNode leader = cluster.leader();
        leader.kill();
        run(cluster.sessionTtl().minus(SECOND));
        cluster.nodes().stream().filter(node -> node != leader).forEach(TestNode::pause);
        run(SECOND.multipliedBy(2));
        String job = queue.push(new Work(1));

        assertThat(causes(job)).contains(new Cause.NoLeader("default"));
        assertThat(queue.explain(job).text()).contains("Nobody leads group \"default\"");
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
    void aSuspectWaitsForAnother() {
        String one = queue.push(new Work(300));
        String two = queue.push(new Work(300));
        run(SECOND);
        cluster.node("node-2").kill();
        cluster.node("node-1").kill();
        cluster.start("node-3");
        run(Duration.ofSeconds(20));
        String waiting = queue.find(one).orElseThrow().state() == JobState.READY ? one : two;
        String running = waiting.equals(one) ? two : one;

        assertThat(causes(waiting)).first().isEqualTo(new Cause.SuspectWaits(Map.of("node-3", running)));
        assertThat(queue.explain(waiting).text()).contains("node-3 runs " + running);
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
    void theNodeThatRanItIsLost() {
        String job = queue.push(new Work(60));
        run(SECOND);
        TestNode node = cluster.node(cluster.runs(job).get(0));
        TestNode other = cluster.nodes().stream()
                .filter(each -> each != node)
                .findFirst()
                .orElseThrow();
        other.pause();
        node.kill();
        run(cluster.sessionTtl().multipliedBy(2));

        assertThat(causes(job)).containsExactly(new Cause.NodeLost(node.name()));
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
        String job = queue.push(new Work(1));
        cluster.node("node-1").pause();
        cluster.node("node-2").pause();

        assertThat(causes(job)).hasSize(1);
        assertThat(causes(job).get(0).code()).isIn("about-to-run", "assigned", "running", "settled");
    }

    @Test
    void severalCausesAreAllTold() {
        String job = queue.pushOn("media", new Work(1));
        queue.pause("media");

        assertThat(causes(job)).extracting(Cause::code).containsExactly("queue-paused", "queue-unserved");
        assertThat(queue.explain(job).text().lines()).hasSize(2);
    }
}
