package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share a file of H2 reach it through the one that opened it first; that one is killed. */
@Tag("Q2")
@Timeout(180)
class SharedFileIT {
    private static final int JOBS = 60;
    private static final Duration WORK = Duration.ofMillis(200);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void anotherProcessOpensTheFileWhenItsHolderIsKilled() {
        Optional<LocalServer> redis = SharedServers.get(ServerKind.REDIS);
        Assumptions.assumeTrue(redis.isPresent(), "redis is missing");
        StorePlace file = StorePlace.fileIn(folder);
        String namespace = ThreeNodes.namespace();
        List<String> settings = List.of("muster.session-ttl=2s", "muster.heartbeat-interval=1s");
        List<String> holders = new ArrayList<>(settings);
        holders.addAll(file.setting(Optional.empty()));
        holders.addAll(List.of("muster.namespace=" + namespace, "muster.queues=nothing-for-others"));
        try (NodeProcess holder = NodeProcess.start("holder", redis.get().uri().toString(), folder, holders)) {
            holder.awaitReady();
            try (ThreeNodes nodes = new ThreeNodes(redis.get(), file, namespace, folder, settings)) {
                nodes.all().forEach(NodeProcess::awaitReady);
                Batch batch = new Batch(nodes).push(JOBS, WORK);
                nodes.awaitRunning(nodes.proxied(), batch.jobs(), 1);

                holder.kill();
                long killed = System.nanoTime();
                batch.pushStubbornly(1, WORK);
                Duration back = Duration.ofNanos(System.nanoTime() - killed);

                System.out.printf(
                        "[redis + h2] holder of the file killed: next push accepted after %d ms; %s%n",
                        back.toMillis(), batch.settledOnce());
                assertThat(batch.lines()).extracting(Line::node).doesNotContain(holder.name());
            }
        }
    }
}
