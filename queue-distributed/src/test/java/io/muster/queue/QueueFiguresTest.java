package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.cluster.Leader;
import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.queue.explain.Cause;
import io.muster.queue.explain.Explanation;
import io.muster.queue.explain.WorkflowCause.OnItsWay;
import io.muster.queue.failed.FailedJob;
import io.muster.queue.node.Maintenance;
import io.muster.queue.node.NodeReport;
import io.muster.queue.store.Counters;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.worker.PoolStats;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Names and forms on which scripts rely. */
class QueueFiguresTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant MOMENT = Instant.parse("2026-02-03T04:05:06.700Z");
    private static final NodeId NODE = new NodeId("node-a", "node-a-1");

    private static final NodeView VIEW = new NodeView(
            new Node(
                    NODE,
                    new Registration(
                            "10.0.0.1",
                            8080,
                            Map.of("zone", "b"),
                            Map.of(),
                            Set.of("mail", "muster.failed"),
                            Set.of("mails")),
                    NodeStatus.ONLINE,
                    MOMENT,
                    MOMENT.plusSeconds(5)),
            List.of(Queue.GROUP),
            List.of(new NodeReport.Pool(
                    "main",
                    List.of("mails"),
                    Map.of(),
                    4,
                    new PoolStats("main", PoolStats.Status.RUNNING, 4, 3, 1, 70, 60, 6, 4, 1, 74, 2),
                    false)));

    @Test
    @Tag("C8")
    @Tag("F3")
    void stats() throws IOException {
        QueueStats stats = new QueueStats(
                "node-a",
                true,
                Optional.of("node-a"),
                Optional.of(7L),
                2,
                1,
                false,
                Optional.of(new Maintenance("ada", "new disks", MOMENT)),
                List.of(
                        new QueueCounts("mails", 1, 2, 3, 4, 50, 6, true),
                        new QueueCounts("media", 0, 10, 0, 0, 0, 0, false)),
                List.of(new GroupView(Queue.GROUP, List.of(), Optional.of(new Leader(Queue.GROUP, NODE, 7)))));

        assertGolden("stats.json", QueueFigures.stats(stats, List.of(VIEW)));
    }

    @Test
    @Tag("C1")
    @Tag("C8")
    void nodes() throws IOException {
        assertGolden("nodes.json", QueueFigures.nodes(List.of(VIEW)));
    }

    @Test
    @Tag("F1")
    void aFailedJob() throws IOException {
        FailedJob job = new FailedJob(
                "job-1",
                "default",
                "mails",
                "mail",
                Set.of("urgent", "customer:7"),
                0,
                MOMENT,
                Optional.of(MOMENT.plusSeconds(60)),
                "java.lang.IllegalStateException: no such customer",
                "java.lang.IllegalStateException: no such customer\n\tat shop.Mail.handle(Mail.java:7)",
                Optional.of("node-a"),
                new Counters(5, 1, 2, 1, 1, 0));

        assertGolden("failed.json", QueueFigures.failed(job));
    }

    @Test
    @Tag("O1")
    void whyAJobIsNotRunning() throws IOException {
        Explanation explanation = new Explanation(
                "job-1",
                Optional.empty(),
                List.of(
                        new OnItsWay(
                                OnItsWay.Share.LINK,
                                "job-0",
                                "mail",
                                "mails",
                                Optional.of("reports"),
                                Optional.of(new OnItsWay.HeldUp("node-a", MOMENT, "no answer"))),
                        new Cause.NoLeader(Queue.GROUP)));

        assertGolden("explanation.json", QueueFigures.explanation(explanation));
    }

    private static void assertGolden(String file, Object figures) throws IOException {
        try (InputStream golden = Objects.requireNonNull(QueueFiguresTest.class.getResourceAsStream(file))) {
            assertThat(JSON.readTree(JSON.writeValueAsBytes(figures)).toPrettyString())
                    .isEqualTo(JSON.readTree(golden).toPrettyString());
        }
    }
}
