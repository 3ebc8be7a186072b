package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.worker.PoolOptions;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real coordinator is wiped under load, or replaced by another, while jobs lie in a store of their own. */
@Tag("C11")
@Timeout(180)
class WipedCoordinatorIT {
    private static final int JOBS = 200;
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final String namespace = "wiped-" + UUID.randomUUID();

    @Test
    void afterAWipeUnderLoadAllJobsAreDoneOnceTheCoordinatorIsAdopted() throws IOException {
        try (LocalServer redis = start(ServerKind.REDIS);
                LocalServer jobs = start(ServerKind.REDIS);
                Queue client = queue(redis, jobs).type(Work.TYPE, Work.class).connect()) {
            List<Queue> nodes = nodes(redis, jobs);
            client.bulk("default", Collections.nCopies(JOBS, new Work(20)));
            ThreeNodes.eventually(() -> client.size("default").completed() > JOBS / 10);

            flush(redis);

            awaitStandstill(client);
            assertThat(client.size("default").completed()).isLessThan(JOBS);
            ThreeNodes.eventually(() -> client.leader().isPresent());
            client.adopt(Queue.GROUP);
            awaitDone(client);
            nodes.forEach(Queue::close);
        }
    }

    @Test
    void aStoreMovesToAnotherCoordinatorAndItsJobsGoOnThere() {
        try (LocalServer former = start(ServerKind.REDIS);
                LocalServer next = start(ServerKind.ETCD);
                LocalServer jobs = start(ServerKind.REDIS);
                Queue client = queue(former, jobs).type(Work.TYPE, Work.class).connect()) {
            List<Queue> nodes = nodes(former, jobs);
            client.bulk("default", Collections.nCopies(JOBS, new Work(20)));
            ThreeNodes.eventually(() -> client.size("default").completed() > JOBS / 10);
            nodes.forEach(Queue::close);

            List<Queue> moved = nodes(next, jobs);
            long before = client.size("default").completed();
            ThreeNodes.eventually(() -> moved.get(0).leader().isPresent());
            awaitStandstill(client);
            assertThat(client.size("default").completed()).isEqualTo(before).isLessThan(JOBS);
            moved.get(0).adopt(Queue.GROUP);
            awaitDone(client);
            moved.forEach(Queue::close);
        }
    }

    private static LocalServer start(ServerKind kind) {
        Optional<LocalServer> server = LocalServer.tryStart(kind, ServerOptions.forTests());
        Assumptions.assumeTrue(server.isPresent(), kind + " is missing");
        return server.get();
    }

    private List<Queue> nodes(LocalServer coordinator, LocalServer jobs) {
        List<Queue> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            nodes.add(queue(coordinator, jobs)
                    .pool(PoolOptions.of("default").withConcurrency(2))
                    .handle(Work.TYPE, Work.class, (work, context) -> Thread.sleep(work.millis()))
                    .start());
        }
        return nodes;
    }

    private QueueBuilder queue(LocalServer coordinator, LocalServer jobs) {
        return Queue.named(namespace)
                .cluster(coordinator.uri().toString())
                .settings(settings -> settings.withSessionTtl(Duration.ofSeconds(2)))
                .store(jobs.uri().toString());
    }

    /** Waits until nothing has changed for a while. */
    private static void awaitStandstill(Queue client) {
        QueueCounts[] last = {client.size("default")};
        long[] sinceNanos = {System.nanoTime()};
        ThreeNodes.eventually(() -> {
            QueueCounts now = client.size("default");
            if (!now.equals(last[0])) {
                last[0] = now;
                sinceNanos[0] = System.nanoTime();
            }
            return System.nanoTime() - sinceNanos[0] > QUIET.multipliedBy(8).toNanos();
        });
    }

    private static void awaitDone(Queue client) {
        ThreeNodes.eventually(() -> client.size("default").live() == 0);
        assertThat(client.size("default")).isEqualTo(new QueueCounts("default", 0, 0, 0, 0, JOBS, 0, false));
    }

    private static void flush(LocalServer redis) throws IOException {
        try (Socket socket = new Socket(redis.host(), redis.port())) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
