package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.Queue;
import io.muster.queue.explain.Cause;
import io.muster.queue.job.JobName;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolOptions;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why is it not running? Asked while the server that coordinates stands still, with the jobs in a store of their own. */
@Tag("O1")
@Timeout(180)
class ExplainWithoutCoordinatorIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** The coordinator is asked until a call is over, once. */
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @JobName("mute.wait")
    record Wait(int number) {}

    @ParameterizedTest
    @EnumSource(names = {"ETCD", "CONSUL", "ZOOKEEPER", "REDIS"})
    void theAnswerIsThatItDoesNotAnswer(ServerKind kind, @TempDir Path folder) {
        Optional<LocalServer> started = LocalServer.tryStart(kind, ServerOptions.forTests());
        Assumptions.assumeTrue(started.isPresent(), kind + " is missing");
        try (LocalServer server = started.get();
                Queue queue = Queue.named("mute-" + UUID.randomUUID().toString().substring(0, 8))
                        .settings(settings -> settings.withNodeId("node-a"))
                        .cluster(server.uri().toString())
                        .store("h2:" + folder.resolve("jobs"))
                        .handle(Wait.class, (wait, context) -> mayEnd.await(1, TimeUnit.HOURS))
                        .pool(PoolOptions.of("default").withConcurrency(1))
                        .start()) {
            String running = queue.push(new Wait(1));
            String due = queue.later(Duration.ofSeconds(2), new Wait(2));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(codes(queue, running)).containsExactly("running"));
            String ready = queue.pushOn("media", new Wait(3));
            assertThat(codes(queue, ready)).containsExactly("queue-unserved");
            server.freeze();
            try {
                assertThat(told(queue, ready)).containsExactly("coordinator-silent");
                assertThat(told(queue, running)).containsExactly("running", "coordinator-silent");
                await().atMost(PATIENCE).until(() -> queue.find(due)
                        .orElseThrow()
                        .dueAt()
                        .orElseThrow()
                        .isBefore(Instant.now()));
                assertThat(told(queue, due)).endsWith("coordinator-silent");
            } finally {
                server.thaw();
                mayEnd.countDown();
            }
            await().atMost(PATIENCE)
                    .until(() -> queue.find(running).orElseThrow().state() == JobState.COMPLETED);
            assertThat(codes(queue, ready)).containsExactly("queue-unserved");
        }
    }

    private static List<String> told(Queue queue, String id) {
        long asked = System.nanoTime();
        List<String> codes = codes(queue, id);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(ANSWER);
        return codes;
    }

    private static List<String> codes(Queue queue, String id) {
        return queue.explain(id).causes().stream().map(Cause::code).toList();
    }
}
