package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.QueueBuilder;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestClusterTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<String> ended = new ArrayList<>();
    private TestCluster cluster = TestCluster.of(3, this::application);

    record Work(String name, int seconds) {}

    private void application(QueueBuilder queue) {
        queue.pool(PoolOptions.of("default").withConcurrency(1))
                .handle(
                        new JobType<>(
                                "work",
                                Work.class,
                                JobOptions.DEFAULT.withTries(3).withBackoff(Duration.ofMinutes(10))),
                        this::work);
    }

    private void work(Work work, JobContext context) throws InterruptedException {
        if (work.name().equals("bad")) {
            throw new IllegalStateException("cannot be done");
        }
        TestCluster.spend(Duration.ofSeconds(work.seconds()));
        ended.add(work.name() + " on " + context.node());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** A job that runs for long, on a node that does not lead; answers that node. */
    private TestNode running(String jobId) {
        for (int i = 0; i < 100 && cluster.runs(jobId).isEmpty(); i++) {
            cluster.advance(Duration.ofMillis(50));
        }
        return cluster.node(cluster.runs(jobId).get(0));
    }

    @Test
    void jobsRunWhenTimePassesAndNotBefore() {
        String job = cluster.queue().push(new Work("one", 1));

        assertThat(cluster.runs(job)).isEmpty();
        cluster.settle();

        cluster.assertCompleted(job);
        assertThat(cluster.runs(job)).hasSize(1);
        assertThat(ended).hasSize(1);
    }

    @Test
    void oneNodeLeadsAndWorkIsSpreadOverAll() {
        for (int i = 0; i < 9; i++) {
            cluster.queue().push(new Work("job", 5));
        }

        cluster.settle();

        assertThat(cluster.nodes().stream().filter(TestNode::leads)).hasSize(1);
        assertThat(cluster.nodes()).allMatch(node -> ended.contains("job on " + node.name()));
    }

    @Test
    void aKilledNodesJobRunsElsewhere() {
        String job = cluster.queue().push(new Work("one", 20));
        TestNode first = running(job);

        first.kill();
        cluster.settle();

        cluster.assertCompleted(job);
        assertThat(cluster.runs(job)).hasSize(2).startsWith(first.name()).doesNotHaveDuplicates();
        assertThat(ended).hasSize(1);
        assertThat(cluster.queue().find(job).orElseThrow().counters().crashes()).isEqualTo(1);
    }

    @Test
    void aKilledLeaderIsFollowedByAnother() {
        TestNode leader = cluster.leader();

        leader.kill();
        assertThatThrownBy(cluster::leader)
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("No node leads", leader.name() + " is dead");
        cluster.advance(cluster.sessionTtl().multipliedBy(2));

        assertThat(cluster.leader()).isNotSameAs(leader);
        leader.restart();
        assertThat(leader.isAlive()).isTrue();
        assertThat(cluster.queue().nodes()).hasSize(3);
    }

    @Test
    void aNodePausedBeyondItsTtlLosesItsJobAndItsResultIsRefused() {
        String job = cluster.queue().push(new Work("one", 20));
        TestNode first = running(job);

        first.pause();
        cluster.advance(cluster.sessionTtl().multipliedBy(3));
        assertThat(cluster.runs(job)).hasSize(2);
        first.resume();
        cluster.settle();

        cluster.assertCompleted(job);
        assertThat(cluster.runs(job)).hasSize(2);
        cluster.advance(LONG);
        assertThat(first.queue().cluster().nodes()).hasSize(3);
    }

    @Test
    void aNodeCutOffTheCoordinatorIsReplacedAndComesBack() {
        String job = cluster.queue().push(new Work("one", 20));
        TestNode first = running(job);

        first.cutOff();
        assertThat(first)
                .hasToString(
                        first.name() + " is alive" + (first.leads() ? ", leads" : "") + ", cut off the coordinator");
        cluster.advance(cluster.sessionTtl().multipliedBy(3));
        assertThat(cluster.runs(job)).hasSize(2);
        first.heal();
        cluster.settle();
        cluster.advance(LONG);

        cluster.assertCompleted(job);
        assertThat(cluster.queue().nodes()).hasSize(3);
    }

    @Test
    void aNodeCutOffTheStoreIsReplaced() {
        String job = cluster.queue().push(new Work("one", 2));
        TestNode first = running(job);

        first.cutOffStore();
        cluster.settle();

        cluster.assertCompleted(job);
        assertThat(cluster.runs(job)).hasSize(2);
    }

    @Test
    void aLostSessionCountsNoCrash() {
        String job = cluster.queue().push(new Work("one", 20));

        running(job).loseSession();
        cluster.settle();

        cluster.assertCompleted(job);
        assertThat(cluster.queue().find(job).orElseThrow().counters().crashes()).isZero();
    }

    @Test
    void delayedJobsWaitUntilTimePasses() {
        String job = cluster.queue().later(Duration.ofHours(1), new Work("one", 0));

        cluster.settle();
        cluster.assertState(job, JobState.DELAYED);
        cluster.advance(Duration.ofHours(1));
        cluster.settle();

        cluster.assertCompleted(job);
    }

    @Test
    void aFailingJobIsTriedAgainByAndByAndSaysWhy() {
        String job = cluster.queue().push(new Work("bad", 0));

        cluster.settle();
        cluster.assertState(job, JobState.DELAYED);
        assertThat(cluster.runs(job)).hasSize(1);
        cluster.settleAll(Duration.ofMinutes(30));

        cluster.assertFailed(job, "cannot be done");
        assertThat(cluster.runs(job)).hasSize(3);
        assertThatThrownBy(() -> cluster.assertFailed(job, "no disk"))
                .hasMessageContainingAll("no disk", "cannot be done");
        assertThatThrownBy(() -> cluster.assertCompleted(job))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("to be COMPLETED", "work on \"default\" is FAILED", "node-1 is alive");
        assertThatThrownBy(() -> cluster.assertCompleted("nobody")).hasMessageContaining("there is no such job");
    }

    @Test
    void whatDoesNotSettleIsNamedWithTheNodes() {
        String job = cluster.queue().pushOn("nobody-serves-it", new Work("one", 0));
        cluster.node("node-3").kill();

        assertThatThrownBy(cluster::settle)
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(
                        "still under way after PT5M", job, "is READY", "nobody-serves-it", "node-3 is dead");
    }

    @Test
    void theSameTestGivesTheSameRun() {
        assertThat(story(7)).isEqualTo(story(7));
    }

    private List<String> story(long seed) {
        cluster.close();
        ended.clear();
        cluster = TestCluster.shuffled(seed, 3, this::application);
        for (int i = 0; i < 20; i++) {
            cluster.queue().push(new Work("w" + i, i % 4));
        }
        cluster.advance(Duration.ofSeconds(2));
        cluster.leader().kill();
        cluster.settle();
        return List.copyOf(ended);
    }

    @Test
    void clustersOfOneJvmKnowNothingOfEachOther() {
        try (TestCluster other = TestCluster.of(1, this::application)) {
            other.queue().push(new Work("one", 0));

            assertThat(cluster.queue().totals().total()).isZero();
            assertThat(other.queue().totals().total()).isEqualTo(1);
        }
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> cluster.node("node-9")).hasMessageContainingAll("node-9", "node-1, node-2, node-3");
        assertThatThrownBy(() -> cluster.start("node-1")).hasMessageContaining("already");
        assertThatThrownBy(() -> cluster.node("node-1").restart()).hasMessageContaining("is alive");
        assertThatThrownBy(() -> TestCluster.spend(LONG)).hasMessageContaining("Only a handler");
        cluster.node("node-1").kill();
        cluster.node("node-1").kill();
        assertThatThrownBy(() -> cluster.node("node-1").queue()).hasMessageContaining("restart()");
    }
}
