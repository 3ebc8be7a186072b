package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Cluster;
import io.muster.cluster.LeaseAttempt;
import io.muster.queue.Connection;
import io.muster.queue.Connections;
import io.muster.queue.Dispatch;
import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.QueueException;
import io.muster.queue.store.JobState;
import io.muster.queue.unique.UniqueLeases;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Unique keys as leases of a coordinator, when processes die between its two steps and elsewhere. */
@Tag("J5")
class UniqueLeaseFaultsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestCluster cluster = TestCluster.of(2, builder -> builder.pool(
                    PoolOptions.of("default").withConcurrency(2).withTimeout(Duration.ofSeconds(80)))
            .handle("work", Work.class, (work, context) -> TestCluster.spend(SECOND.multipliedBy(work.seconds()))));
    private final Queue queue = cluster.queue();

    record Work(int seconds) {}

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Dispatch unique(Queue queue, int seconds) {
        return queue.job(new Work(seconds))
                .unique("key")
                .uniqueVia(UniqueLeases.OWN)
                .uniqueFor(HOUR);
    }

    private void assertHeldBy(String jobId) {
        assertThat(unique(queue, 1).dispatch().holder()).contains(jobId);
    }

    private void assertFree() {
        assertThat(unique(queue, 1).delay(HOUR).dispatch().holder()).isEmpty();
    }

    @Test
    void theKeyOutlivesThePusherAndTheWorkerAndIsFreedByWhoEndsTheJob() {
        TestNode pusher = cluster.node("node-1");
        String job = unique(pusher.queue(), 60).dispatch().jobId();
        cluster.advance(SECOND);
        TestNode worker = cluster.node(cluster.runs(job).get(0));
        worker.kill();
        if (pusher != worker) {
            pusher.kill();
            cluster.start("node-3");
        }
        cluster.advance(cluster.sessionTtl().multipliedBy(2));

        assertThat(cluster.runs(job)).hasSize(2);
        assertHeldBy(job);
        cluster.settle();
        cluster.assertCompleted(job);
        assertFree();
    }

    @Test
    void aWorkerThatWakesAfterItsSessionDoesNotFreeTheKeyOfTheNextAttempt() {
        String job = unique(queue, 40).dispatch().jobId();
        cluster.advance(SECOND);
        TestNode worker = cluster.node(cluster.runs(job).get(0));
        worker.pause();
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.runs(job)).hasSize(2);

        worker.resume();
        cluster.advance(Duration.ofSeconds(15));

        cluster.assertState(job, JobState.RUNNING);
        assertHeldBy(job);
        cluster.settle();
        cluster.assertCompleted(job);
        assertFree();
    }

    @Test
    void aJobThatTheStoreFailsFreesItsKey() {
        String job = unique(queue, 60)
                .options(said -> said.withMaxCrashes(1))
                .dispatch()
                .jobId();
        for (int crash = 0; crash < 2; crash++) {
            cluster.advance(Duration.ofSeconds(2));
            TestNode worker = cluster.node(cluster.runs(job).get(crash));
            worker.kill();
            cluster.start("more-" + crash);
            cluster.advance(cluster.sessionTtl().multipliedBy(2));
        }
        cluster.settle();

        cluster.assertFailed(job, "crashed");
        assertFree();
    }

    @Test
    void aPusherThatDiesBetweenKeyAndPushLeavesItHeldUntilItsTimeIsOver() {
        Cluster dying = cluster.node("node-1").queue().cluster();
        assertThat(dying.tryLease("unique/work/key", Duration.ofMinutes(2), "never-pushed")
                        .held())
                .isPresent();

        Dispatched refused = unique(queue, 1).dispatch();

        assertThat(refused.holder()).contains("never-pushed");
        assertThat(queue.find("never-pushed")).isEmpty();
        assertThat(queue.explain("never-pushed").causes())
                .extracting(cause -> cause.code())
                .containsExactly("unknown-id");
        cluster.advance(Duration.ofMinutes(3));
        assertThat(unique(queue, 1).dispatch().holder())
                .satisfiesAnyOf(holder -> assertThat(holder).isEmpty(), holder -> assertThat(holder)
                        .contains("never-pushed"));
        cluster.advance(Duration.ofMinutes(3));
        assertFree();
    }

    @Test
    void itsPushMayBeRepeatedUnderItsOwnId() {
        unique(queue, 1).id("mine").delay(HOUR).dispatch();

        assertThat(unique(queue, 1).id("mine").delay(HOUR).dispatch().holder()).isEmpty();
        assertThat(queue.size("default").delayed()).isEqualTo(1);
        assertHeldBy("mine");
    }

    @Test
    void aJobThatWasThereAlreadyUnderItsIdKeepsTheKeyThatWasTakenForIt() {
        queue.job(new Work(1)).id("mine").delay(HOUR).dispatch();

        unique(queue, 1).id("mine").delay(HOUR).dispatch();

        assertHeldBy("mine");
    }

    @Test
    void aJobEndsThoughTheClusterOfItsKeyIsClosed() {
        TestCluster other = TestCluster.of(1, builder -> {});
        try (TestCluster one = TestCluster.of(
                1, builder -> builder.handle("work", Work.class, (work, context) -> TestCluster.spend(SECOND))
                        .uniqueVia("shared", other.queue().cluster()))) {
            String job = one.queue()
                    .job(new Work(1))
                    .unique("key")
                    .uniqueVia("shared")
                    .uniqueFor(HOUR)
                    .dispatch()
                    .jobId();
            one.advance(Duration.ofMillis(100));
            assertThat(one.runs(job)).hasSize(1);

            other.queue().cluster().close();
            one.settle();

            one.assertCompleted(job);
            assertThat(one.runs(job)).hasSize(1);
        }
    }

    @Test
    void aJobThatTheStoreDoesNotTakeLeavesNoKeyBehind() {
        TestNode node = cluster.node("node-1");
        node.cutOffStore();

        assertThatThrownBy(() -> unique(node.queue(), 1).dispatch()).isInstanceOf(QueueException.class);

        node.heal();
        assertFree();
    }

    @Test
    void whileTheCoordinatorIsSilentNothingIsDispatched() {
        TestNode node = cluster.node("node-1");
        node.cutOff();

        assertThatThrownBy(() -> unique(node.queue(), 1).id("mine").dispatch())
                .isInstanceOf(QueueException.class)
                .hasMessageContaining("Job mine of type \"work\" on queue \"default\" was not pushed")
                .hasMessageContaining("unique key");
        assertThat(queue.find("mine")).isEmpty();
    }

    @Test
    void aRemovedJobKeepsItsKeyUntilItsTimeIsOver() {
        String job = unique(queue, 1).delay(HOUR).dispatch().jobId();
        assertThat(queue.clear("default")).isEqualTo(1);

        assertHeldBy(job);
    }

    @Test
    void whatItNeedsIsSaidWhenItIsDispatched() {
        Dispatch withoutTime = queue.job(new Work(1)).unique("key").uniqueVia(UniqueLeases.OWN);
        assertThatThrownBy(withoutTime::dispatch)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"work\"")
                .hasMessageContaining("say uniqueFor");
        Dispatch unknown = unique(queue, 1).uniqueVia("billing");
        assertThatThrownBy(unknown::dispatch)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No coordinator \"billing\"")
                .hasMessageContaining("[cluster]")
                .hasMessageContaining("QueueBuilder.uniqueVia");
        Dispatch notUnique = queue.job(new Work(1)).uniqueVia(UniqueLeases.OWN);
        assertThatThrownBy(notUnique::dispatch)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody says that they are unique");
        Dispatch forSomebodyElse = unique(queue, 1);
        assertThatThrownBy(forSomebodyElse::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("such as a schedule");
        assertThat(queue.size("default").live()).isZero();
    }

    @Test
    void anotherClusterKeepsKeysOfSeveralQueuesByAName() {
        try (TestCluster other = TestCluster.of(1, builder -> {});
                TestCluster one = TestCluster.of(1, builder -> builder.type("work", Work.class)
                        .uniqueVia("shared", other.queue().cluster()))) {
            Dispatch first = one.queue()
                    .job(new Work(1))
                    .unique("key")
                    .uniqueVia("shared")
                    .uniqueFor(HOUR);
            String holder = first.dispatch().jobId();

            assertThat(other.queue().cluster().tryLease("unique/work/key", HOUR))
                    .hasToString("Busy[holder=" + other.queue().cluster().self() + ", note=" + holder + "]");
        }
    }

    @Test
    void whereTheJobRunsInItsCallerTheKeyIsHeldWhileItRuns() {
        Cluster shared = queue.cluster();
        List<LeaseAttempt> meanwhile = new ArrayList<>();
        try (Connections connections = Connections.of(Map.of("muster.connection", "sync"))
                .each(builder -> builder.uniqueVia("shared", shared).handle("work", Work.class, (work, context) -> {
                    meanwhile.add(shared.tryLease("unique/work/key", HOUR));
                    if (work.seconds() == 0) {
                        throw new IllegalStateException("told to throw");
                    }
                }))
                .open()) {
            Connection sync = connections.on("sync");

            Dispatch well =
                    sync.job(new Work(1)).unique("key").uniqueVia("shared").uniqueFor(HOUR);
            Dispatch failing =
                    sync.job(new Work(0)).unique("key").uniqueVia("shared").uniqueFor(HOUR);
            String id = well.dispatch().jobId();
            assertThatThrownBy(failing::dispatch).hasMessage("told to throw");

            assertThat(meanwhile).hasSize(2).first().hasToString("Busy[holder=" + shared.self() + ", note=" + id + "]");
            assertThat(shared.tryLease("unique/work/key", HOUR).held()).isPresent();
        }
    }

    @Test
    void inChainsAndBatchesKeysOfEitherKindAreIgnored() {
        queue.chain(unique(queue, 1), unique(queue, 1)).dispatch();
        queue.chain(
                        queue.job(new Work(1)).unique("stored"),
                        queue.job(new Work(1)).unique("stored"))
                .dispatch();
        queue.batch("more")
                .add(
                        queue.job(new Work(1)).unique("stored"),
                        queue.job(new Work(1)).unique("stored"))
                .dispatch();
        queue.batch("several").add(unique(queue, 1), unique(queue, 1)).dispatch();
        cluster.settle();

        assertThat(queue.size("default").completed()).isEqualTo(8);
        assertFree();
    }
}
