package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.Queue;
import io.muster.queue.schedule.ScheduleView;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The process that leads is killed at a tick; the tick fires once. A tick is a minute away, so there are few of them. */
@Tag("S1")
class ScheduleIT {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int TICKS = FULL ? 4 : 1;
    private static final String UNSERVED = "ticks";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    static List<ServerKind> coordinators() {
        return FULL ? List.of(ServerKind.ETCD, ServerKind.REDIS, ServerKind.ZOOKEEPER) : List.of(ServerKind.ETCD);
    }

    @ParameterizedTest
    @MethodSource("coordinators")
    void aTickFiresOnceAlsoIfItsLeaderIsKilled(ServerKind kind) throws InterruptedException {
        Optional<LocalServer> server = SharedServers.get(kind);
        Assumptions.assumeTrue(server.isPresent(), kind + " is missing");
        Random random = new Random(7);
        try (ThreeNodes nodes =
                new ThreeNodes(server.get(), folder, List.of("muster.session-ttl=2s", "muster.shutdown-grace=1s"))) {
            nodes.ensureWhole();
            Queue client = nodes.client();
            ScheduleView registered = client.schedule("each-minute")
                    .job(client.job(new Work(0)).onQueue(UNSERVED))
                    .everyMinute()
                    .register();
            Instant tick = registered.nextRun().orElseThrow();
            for (int i = 0; i < TICKS; i++) {
                nodes.ensureWhole();
                NodeProcess leader = nodes.leadingNode();
                sleepUntil(tick.minusMillis(200).plusMillis(random.nextInt(400)));
                leader.kill();
                Instant fired = tick;
                ThreeNodes.eventually(() -> client.schedules()
                        .find("each-minute")
                        .flatMap(ScheduleView::lastRun)
                        .filter(fired::equals)
                        .isPresent());
                tick = tick.plus(Duration.ofMinutes(1));
            }
            assertThat(pushed(client)).hasSize(TICKS).allMatch(id -> id.startsWith("schedule.each-minute."));
        }
    }

    private static List<String> pushed(Queue client) {
        return client.store().intake().list(UNSERVED, JobState.READY, Optional.empty(), 100).jobs().stream()
                .map(StoredJob::id)
                .toList();
    }

    private static void sleepUntil(Instant moment) throws InterruptedException {
        Thread.sleep(Math.max(1, Duration.between(Instant.now(), moment).toMillis()));
    }
}
