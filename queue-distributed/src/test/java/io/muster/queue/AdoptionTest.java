package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The coordinator loses everything while jobs run; the store is elsewhere. In manual time. */
@Tag("C11")
class AdoptionTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int JOBS = 300;
    private final String namespace = "adoption-" + UUID.randomUUID();

    record Count(int number) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void afterAWipeUnderLoadNothingIsWrittenUntilTheCoordinatorIsAdoptedAndThenAllIsDone(long seed) {
        ManualTimeline timeline = ManualTimeline.shuffled(seed);
        LocalCoordinator coordinator = LocalCoordinator.on(timeline);
        Queue client = builder(coordinator, timeline.node("client"), "client")
                .type("count", Count.class)
                .connect();
        List<Queue> nodes = new ArrayList<>();
        for (String name : List.of("n1", "n2", "n3")) {
            ManualNode node = timeline.node(name);
            nodes.add(builder(coordinator, node, name)
                    .pool(PoolOptions.of("default", "mail").withConcurrency(2))
                    .handle(
                            "count",
                            Count.class,
                            (job, context) -> node.await(
                                    new CompletableFuture<Void>(),
                                    Deadline.after(Duration.ofMillis(300), node.ticker())))
                    .start());
        }
        for (int i = 0; i < JOBS; i++) {
            client.pushOn(i % 2 == 0 ? "default" : "mail", new Count(i));
        }
        assertThat(timeline.runUntil(() -> completed(client) >= 10, LONG)).isTrue();

        coordinator.wipe();
        timeline.advance(Duration.ofSeconds(20));

        QueueCounts stopped = sum(client);
        assertThat(stopped.completed()).isLessThan(JOBS);
        timeline.advance(Duration.ofSeconds(20));
        assertThat(sum(client)).as("nothing is handed out").isEqualTo(stopped);
        assertThat(client.push(new Count(JOBS))).as("pushes go on").isNotEmpty();

        client.operations().adopt("default");
        client.operations().adopt("mail");

        assertThat(timeline.runUntil(() -> completed(client) == JOBS + 1, LONG))
                .as(() -> sum(client) + " " + client.store().leader().incarnations())
                .isTrue();
        assertThat(sum(client)).isEqualTo(new QueueCounts("all", 0, 0, 0, 0, JOBS + 1, 0, false));
        assertThat(timeline.failures()).isEmpty();
        nodes.forEach(node -> assertThat(node.stats().totalNodes()).isEqualTo(3));
    }

    private QueueBuilder builder(LocalCoordinator coordinator, ManualNode node, String name) {
        return Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace", namespace,
                        "muster.store", "memory:",
                        "muster.groups.mail", "mail",
                        "muster.session-ttl", "2s",
                        "muster.election-timeout", "1ms",
                        "muster.node-id", name)))
                .cluster(coordinator.config(new LocalFaults()))
                .timeline(node);
    }

    private static long completed(Queue queue) {
        return sum(queue).completed();
    }

    private static QueueCounts sum(Queue queue) {
        QueueCounts sum = QueueCounts.empty("all");
        for (QueueCounts counts : queue.stats().queues()) {
            sum = new QueueCounts(
                    "all",
                    sum.delayed() + counts.delayed(),
                    sum.ready() + counts.ready(),
                    sum.assigned() + counts.assigned(),
                    sum.running() + counts.running(),
                    sum.completed() + counts.completed(),
                    sum.failed() + counts.failed(),
                    false);
        }
        return sum;
    }
}
