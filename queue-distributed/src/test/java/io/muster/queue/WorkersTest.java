package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.time.Deadline;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.node.NodeReport;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools that end by themselves, are changed, restarted, and held in maintenance, on several nodes in manual time. */
class WorkersTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private ManualCluster cluster = new ManualCluster(1);

    @AfterEach
    void nothingFailedUnseen() {
        cluster.nothingFailedUnseen();
    }

    private static PoolOptions pool() {
        return PoolOptions.of("default").withName("main");
    }

    private static boolean ended(Queue node) {
        return node.poolsEnded().toCompletableFuture().isDone();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @Tag("K1")
    void aPoolWithMaxJobsRunsSoManyAndTheNodeGoesOnWithoutIt(long seed) {
        cluster = new ManualCluster(seed);
        Queue few = cluster.node("few", pool().withConcurrency(3).withMaxJobs(5));
        cluster.push(few, 12);

        cluster.within(LONG, few, () -> ended(few));
        cluster.timeline.advance(Duration.ofSeconds(10));

        assertThat(cluster.ran).hasSize(5);
        assertThat(cluster.counts(few).completed()).isEqualTo(5);
        assertThat(cluster.counts(few).ready()).as("nothing more was taken").isEqualTo(7);
        assertThat(few.nodes()).singleElement().satisfies(node -> assertThat(node.pools())
                .isEmpty());
        assertThat(few.leads()).isTrue();

        Queue other = cluster.node("other", pool());
        cluster.within(LONG, few, () -> cluster.counts(few).completed() == 12);
        assertThat(cluster.ran.stream().filter("other"::equals)).hasSize(7);
        assertThat(ended(other)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Tag("K1")
    void whatIsCountedIsNotGivenToAPoolByTheLeaderBeyondWhatItMayStillRun(long seed) {
        cluster = new ManualCluster(seed);
        Queue once = cluster.node("once", pool().withOnce());
        cluster.push(once, 20);
        int most = 0;
        for (int step = 0; step < 200; step++) {
            cluster.timeline.advance(Duration.ofMillis(25));
            var counts = cluster.counts(once);
            most = Math.max(most, (int) (counts.assigned() + counts.running() + counts.completed()));
        }
        assertThat(most).isEqualTo(1);
        assertThat(cluster.ran).hasSize(1);
        assertThat(ended(once)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Tag("K1")
    void aPoolReservesNoMoreThanItMayStillRunThoughItHasMoreSlots(long seed) {
        cluster = new ManualCluster(seed);
        Queue few = cluster.node("few", pool().withConcurrency(3).withMaxJobs(4));
        cluster.push(few, 20);
        long most = 0;
        for (int step = 0; step < 2_000; step++) {
            cluster.timeline.advance(Duration.ofMillis(1));
            QueueCounts counts = cluster.counts(few);
            most = Math.max(most, counts.assigned() + counts.running() + counts.completed());
        }
        assertThat(most).isEqualTo(4);
        assertThat(cluster.ran).hasSize(4);
    }

    @Test
    @Tag("K1")
    void onceWithoutAnyJobEndsAfterItsSleep() {
        Queue once = cluster.node("once", pool().withOnce().withSleep(Duration.ofSeconds(5)));

        cluster.timeline.advance(Duration.ofSeconds(4));
        assertThat(ended(once)).isFalse();

        cluster.timeline.advance(Duration.ofSeconds(10));
        assertThat(ended(once)).isTrue();
    }

    @Test
    @Tag("K1")
    void stopWhenEmptyRunsWhatItCanAndLeavesWhatIsDelayedOrForOthers() {
        Queue client = cluster.client();
        cluster.push(client, 30);
        client.later(Duration.ofHours(1), new ManualCluster.Count(1));
        client.pushOn("foreign", new ManualCluster.Count(1));

        Queue worker = cluster.node("worker", pool().withConcurrency(2).withStopWhenEmpty());

        cluster.within(LONG, client, () -> ended(worker));
        assertThat(cluster.ran).hasSize(30);
        assertThat(cluster.counts(client).delayed()).isEqualTo(1);
    }

    @Test
    @Tag("K1")
    void aPoolEndsAfterMaxTimeAndFinishesWhatRuns() {
        List<String> done = new ArrayList<>();
        Queue worker = cluster.node(
                "worker",
                (job, context) -> {
                    cluster.process("worker")
                            .await(
                                    new CompletableFuture<Void>(),
                                    Deadline.after(
                                            Duration.ofSeconds(8),
                                            cluster.process("worker").ticker()));
                    done.add(context.jobId());
                },
                UnaryOperator.identity(),
                pool().withMaxTime(Duration.ofSeconds(5)));
        cluster.push(worker, 3);

        cluster.within(LONG, worker, () -> ended(worker));

        assertThat(done).hasSize(1);
        assertThat(cluster.counts(worker).completed()).isEqualTo(1);
        cluster.timeline.advance(Duration.ofSeconds(10));
        assertThat(cluster.counts(worker).ready())
                .as("the leader took back what waited")
                .isEqualTo(2);
    }

    @Test
    @Tag("K1")
    void aPoolEndsOnceTheHeapIsAboveItsMemoryAfterACollection() {
        long[] heap = {100L << 20};
        Queue worker = cluster.node("worker", builder -> builder.heap(() -> heap[0]), pool().withMemoryMiB(128));
        cluster.push(worker, 3);
        cluster.within(LONG, worker, () -> cluster.counts(worker).completed() == 3);
        assertThat(ended(worker)).isFalse();

        heap[0] = 129L << 20;

        cluster.within(LONG, worker, () -> ended(worker));
        cluster.push(worker, 1);
        cluster.timeline.advance(LONG);
        assertThat(cluster.counts(worker).completed()).isEqualTo(3);
    }

    @Test
    @Tag("K1")
    void concurrencyAndTimeoutChangeAtRunTime() {
        Queue worker = cluster.node("worker", pool());
        cluster.timeline.advance(Duration.ofSeconds(1));

        worker.pool("main").concurrency(4);
        worker.pool("main").timeout(Duration.ofSeconds(7));

        cluster.timeline.advance(Duration.ofSeconds(1));
        assertThat(worker.pool("main").options().timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(worker.pools().get(0).total()).isEqualTo(4);
        assertThat(worker.nodes().get(0).pools().get(0).concurrency()).isEqualTo(4);
        assertThatThrownBy(() -> worker.pool("main").concurrency(0)).hasMessageContaining("concurrency");
        assertThatThrownBy(() -> worker.pool("other"))
                .hasMessageContaining("other")
                .hasMessageContaining("main");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Tag("K4")
    void aRestartReachesAllNodesThoseAwayOnTheirReturnAndNoLaterOnes(long seed) {
        cluster = new ManualCluster(seed);
        Queue near = cluster.node("near", QueueBuilder::endOnRestart, pool());
        Queue away = cluster.node("away", QueueBuilder::endOnRestart, pool());
        cluster.timeline.advance(Duration.ofSeconds(5));
        cluster.faults("away").cut();
        cluster.timeline.advance(Duration.ofSeconds(10));

        Queue client = cluster.client();
        client.operations().restart();

        cluster.within(LONG, client, () -> ended(near));
        cluster.timeline.advance(Duration.ofSeconds(5));
        assertThat(ended(away)).isFalse();
        Queue later = cluster.node("later", QueueBuilder::endOnRestart, pool());
        cluster.faults("away").heal();
        cluster.within(LONG, client, () -> ended(away));
        cluster.push(client, 5);
        cluster.within(LONG, client, () -> cluster.counts(client).completed() == 5);
        cluster.timeline.advance(LONG);
        assertThat(ended(later)).isFalse();
        assertThat(cluster.ran).containsOnly("later");
    }

    @Test
    @Tag("K4")
    void aRestartedPoolFinishesWhatRunsIsBuiltAnewAndGoesOn() {
        Queue worker = cluster.node("worker", pool().withMaxJobs(3));
        cluster.push(worker, 2);
        cluster.within(LONG, worker, () -> cluster.counts(worker).completed() == 2);

        worker.operations().restart();
        cluster.timeline.advance(Duration.ofSeconds(3));
        cluster.push(worker, 2);

        cluster.within(LONG, worker, () -> cluster.counts(worker).completed() == 4);
        assertThat(ended(worker)).as("it counts from its new beginning").isFalse();
        assertThat(worker.pools()).singleElement().satisfies(stats -> {
            assertThat(stats.status()).isEqualTo(PoolStats.Status.RUNNING);
            assertThat(stats.completed()).isEqualTo(4);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Tag("K6")
    void inMaintenanceOnlyForcedPoolsGoOnAlsoOnLaterNodesAndUnderOtherLeaders(long seed) {
        cluster = new ManualCluster(seed);
        Queue first = cluster.node("first", pool());
        cluster.timeline.advance(Duration.ofSeconds(3));
        Queue client = cluster.client();

        client.operations().down("migration of the database");
        cluster.timeline.advance(Duration.ofSeconds(1));
        cluster.push(client, 5);
        Queue late = cluster.node("late", pool());
        first.close();
        cluster.timeline.advance(Duration.ofSeconds(20));

        assertThat(cluster.ran).isEmpty();
        assertThat(cluster.counts(client).ready()).isEqualTo(5);
        assertThat(client.operations().maintenance()).hasValueSatisfying(down -> {
            assertThat(down.by()).isEqualTo("client");
            assertThat(down.reason()).isEqualTo("migration of the database");
        });
        assertThat(client.stats().maintenance()).isEqualTo(client.operations().maintenance());
        assertThat(client.nodes().stream().flatMap(node -> node.pools().stream()))
                .extracting(NodeReport.Pool::stats)
                .extracting(PoolStats::status)
                .containsExactly(PoolStats.Status.MAINTENANCE);

        Queue forced = cluster.node("forced", pool().withForce());
        cluster.within(LONG, client, () -> cluster.counts(client).completed() == 5);
        assertThat(cluster.ran).containsOnly("forced");

        forced.pause();
        cluster.push(client, 5);
        client.operations().up();
        cluster.within(LONG, client, () -> cluster.counts(client).completed() == 10);
        assertThat(cluster.ran.subList(5, 10)).containsOnly("late");
        assertThat(late.pools().get(0).status()).isEqualTo(PoolStats.Status.RUNNING);
        assertThat(client.operations().maintenance()).isEmpty();
    }

    @Test
    @Tag("K6")
    void whatRunsWhenMaintenanceBeginsEndsAndNothingElseBegins() {
        Queue worker = cluster.node(
                "worker",
                (job, context) -> {
                    cluster.ran.add(context.jobId());
                    cluster.process("worker")
                            .await(
                                    new CompletableFuture<Void>(),
                                    Deadline.after(
                                            Duration.ofSeconds(3),
                                            cluster.process("worker").ticker()));
                },
                UnaryOperator.identity(),
                pool());
        cluster.push(worker, 3);
        cluster.within(LONG, worker, () -> cluster.counts(worker).running() == 1);

        worker.operations().down("");
        cluster.timeline.advance(Duration.ofSeconds(20));

        assertThat(cluster.counts(worker).completed()).isEqualTo(1);
        assertThat(cluster.counts(worker).ready()).as("given back").isEqualTo(2);
        assertThat(cluster.ran).hasSize(1);
    }

    @Test
    @Tag("K2")
    void aRunningWorkerKeepsItsJobBeyondReclaimAfter() {
        UnaryOperator<QueueBuilder> impatient = builder -> builder.settings(settings ->
                settings.toBuilder().reclaimAfter(Duration.ofSeconds(10)).build());
        Queue worker = cluster.node(
                "worker",
                (job, context) -> {
                    cluster.ran.add(context.jobId());
                    cluster.process("worker")
                            .await(
                                    new CompletableFuture<Void>(),
                                    Deadline.after(
                                            LONG, cluster.process("worker").ticker()));
                },
                impatient,
                pool().withTimeout(Duration.ofSeconds(5)));
        cluster.node("other", impatient, pool().withTimeout(Duration.ofSeconds(5)));
        worker.job(new ManualCluster.Count(1)).timeout(LONG.multipliedBy(2)).dispatch();

        cluster.within(
                LONG.multipliedBy(3), worker, () -> cluster.counts(worker).completed() == 1);

        assertThat(cluster.ran).hasSize(1);
    }

    @Test
    @Tag("K2")
    void aTimeoutThatIsNotShorterThanReclaimAfterIsRefusedAtStart() {
        assertThatThrownBy(() -> cluster.node("a", pool().withTimeout(Duration.ofSeconds(86))))
                .hasMessageContaining("pool \"main\"")
                .hasMessageContaining("PT1M26S")
                .hasMessageContaining("muster.reclaim-after, PT1M30S");
        assertThatThrownBy(() -> cluster.node(
                        "b",
                        builder -> builder.handle(
                                new JobType<>("long", Long.class, JobOptions.DEFAULT.withTimeout(LONG.multipliedBy(2))),
                                (job, context) -> {}),
                        pool()))
                .hasMessageContaining("job type \"long\"")
                .hasMessageContaining("muster.reclaim-after");
        Queue worker = cluster.node("c", pool().withTimeout(Duration.ofSeconds(85)));
        assertThatThrownBy(() -> worker.pool("main").timeout(Duration.ofSeconds(86)))
                .hasMessageContaining("muster.reclaim-after");
    }

    @Test
    @Tag("K6")
    void aNodePausedByItselfStaysSoAfterMaintenance() {
        Queue worker = cluster.node("worker", pool());
        worker.pause();
        worker.operations().down("");
        cluster.timeline.advance(Duration.ofSeconds(2));
        worker.operations().up();
        cluster.push(worker, 1);
        cluster.timeline.advance(Duration.ofSeconds(10));
        assertThat(cluster.ran).isEmpty();

        worker.resume();
        cluster.within(LONG, worker, () -> cluster.ran.size() == 1);
    }
}
