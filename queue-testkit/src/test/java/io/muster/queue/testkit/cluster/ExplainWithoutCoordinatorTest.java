package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.Queue;
import io.muster.queue.explain.Cause;
import io.muster.queue.explain.NodeCause;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Why is it not running, while the coordinator does not answer who asks: what the store knows, and that. */
@Tag("O1")
class ExplainWithoutCoordinatorTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String SILENT = "coordinator-silent";

    private final TestCluster cluster =
            TestCluster.of(2, builder -> builder.pool(PoolOptions.of("default").withConcurrency(1))
                    .handle("work", Work.class, (work, context) -> {
                        context.progress(50);
                        TestCluster.spend(SECOND.multipliedBy(work.seconds()));
                    }));
    private final TestNode cutOff = cluster.node("node-1");
    private final Queue queue = cluster.queue();

    record Work(int seconds) {}

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<String> codes(String id) {
        return cutOff.queue().explain(id).causes().stream().map(Cause::code).toList();
    }

    @Test
    void aReadyJobThatNothingElseHoldsSaysSo() {
        String job = queue.pushOn("media", new Work(1));
        assertThat(codes(job)).containsExactly("queue-unserved");

        cutOff.cutOff();

        assertThat(cutOff.queue().explain(job).causes())
                .singleElement()
                .isInstanceOfSatisfying(NodeCause.CoordinatorSilent.class, silent -> {
                    assertThat(silent.reason()).isNotBlank();
                    assertThat(silent.details()).containsEntry("reason", silent.reason());
                });
        assertThat(cutOff.queue().explain(job).text())
                .startsWith("The coordinator does not answer (")
                .contains("who leads and which nodes live is not known");
        cutOff.heal();
        assertThat(codes(job)).containsExactly("queue-unserved");
    }

    @Test
    void whatTheStoreKnowsOfAReadyJobIsToldAllTheSame() {
        String first = queue.job(new Work(60))
                .withoutOverlapping(OverlapKey.of("customer 7"))
                .dispatch()
                .jobId();
        cluster.advance(SECOND);
        String second = queue.job(new Work(1))
                .withoutOverlapping(OverlapKey.of("customer 7"))
                .dispatch()
                .jobId();
        cluster.advance(SECOND);
        queue.pause("default");
        String node = cluster.runs(first).get(0);

        cutOff.cutOff();

        assertThat(codes(second)).containsExactly("queue-paused", "overlap", SILENT);
        assertThat(cutOff.queue().explain(second).text()).contains("held by job " + first + " on node " + node);
    }

    @Test
    void aJobThatIsHeldIsWhereTheStoreSaysAndNotLost() {
        String one = queue.push(new Work(60));
        String other = queue.push(new Work(60));
        cluster.advance(SECOND);

        cutOff.cutOff();

        for (String job : List.of(one, other)) {
            String node = cluster.runs(job).get(0);
            boolean here = node.equals(cutOff.name());
            assertThat(cutOff.queue().explain(job).causes())
                    .hasSize(2)
                    .first()
                    .isInstanceOfSatisfying(Cause.Running.class, running -> {
                        assertThat(running.node()).isEqualTo(node);
                        assertThat(running.since().isPresent()).isEqualTo(here);
                        assertThat(running.progress().isPresent()).isEqualTo(here);
                    });
            assertThat(codes(job)).containsExactly("running", SILENT);
        }
    }

    @Test
    void aDelayedJobSaysSoOnceItIsDue() {
        String job = queue.later(HOUR, new Work(1));
        cutOff.cutOff();
        assertThat(codes(job)).containsExactly("delayed");
        cluster.nodes().stream().filter(node -> node != cutOff).forEach(TestNode::kill);

        cluster.advance(HOUR.plus(SECOND));

        assertThat(codes(job)).containsExactly("delayed", SILENT);
    }

    @Test
    void whatHasEndedOrIsNotKnownNeedsNoCoordinator() {
        String done = queue.push(new Work(1));
        cluster.settle();

        cutOff.cutOff();

        assertThat(codes(done)).containsExactly("settled");
        assertThat(codes("nobody")).containsExactly("unknown-id");
    }
}
