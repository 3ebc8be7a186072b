package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.explain.Cause;
import io.muster.queue.explain.NodeCause;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Why does no node run it? One test for each cause. */
@Tag("O1")
class ExplainNodesTest extends OnTwoNodes {
    record NobodyKnows() {}

    ExplainNodesTest() {
        super(builder -> builder.settings(
                        settings -> settings.toBuilder().maxConcurrency(2).build())
                .pool(PoolOptions.of("default").withConcurrency(1))
                .pool(PoolOptions.of("other").withConcurrency(3).withForce())
                .type("nobody-knows", NobodyKnows.class));
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
        queue.bulk("other", Collections.nCopies(6, new Work(60)));
        run(Duration.ofSeconds(10));
        List<String> more = queue.bulk("default", Collections.nCopies(100, new Work(1)));
        run(SECOND);
        String job = more.get(more.size() - 1);

        assertThat(causes(more.get(0)))
                .as("the first of them wait at a node for one of its slots")
                .extracting(Cause::code)
                .containsExactly("assigned");
        assertThat(causes(job)).containsExactly(new NodeCause.NodesFull(Map.of("node-1", 2, "node-2", 2)));
        assertThat(queue.explain(job).text())
                .isEqualTo(
                        "The nodes that could run it run as many handlers at once as muster.max-concurrency lets them:"
                                + " node-1 2, node-2 2.");
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
        List<String> handled = List.of("fails", "work");

        assertThat(causes(job))
                .containsExactly(new Cause.TypeUnserved(
                        "nobody-knows", "default", Map.of("node-1", handled, "node-2", handled)));
        assertThat(queue.explain(job).text()).contains("node-1 handles fails, work");
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
}
