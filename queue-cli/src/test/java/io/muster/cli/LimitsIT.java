package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.examples.index.IndexFile;
import io.muster.queue.Queue;
import io.muster.queue.store.JobState;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server cannot do is said, and does no harm. */
@Timeout(90)
class LimitsIT {
    @TempDir
    private Path directory;

    private final String namespace = "limits-" + UUID.randomUUID();

    @ParameterizedTest
    @EnumSource(names = {"REDIS", "ETCD", "CONSUL", "ZOOKEEPER"})
    @Tag("Q4")
    void aPayloadAboveTheLimitIsRefusedAndTheSessionIsUnharmed(ServerKind kind) {
        try (Queue queue = Queue.named(namespace)
                .cluster(uri(kind))
                .type(IndexFile.TYPE.name(), IndexFile.class)
                .connect()) {
            String session = queue.cluster().session().id();

            assertThatThrownBy(() -> queue.push(new IndexFile("x".repeat(3 << 20), "key")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("index-file")
                    .hasMessageContaining("bytes")
                    .hasMessageContaining("push a reference");

            String id = queue.push(new IndexFile("x", "key"));
            assertThat(queue.find(id).orElseThrow().state()).isEqualTo(JobState.READY);
            assertThat(queue.cluster().session().isActive()).isTrue();
            assertThat(queue.cluster().session().id()).isEqualTo(session);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ServerKind.class,
            names = {"ZOOKEEPER", "ETCD", "CONSUL"})
    @Tag("C7")
    void aTtlBelowTheServersLeastIsRaisedAndSaid(ServerKind kind) throws Exception {
        Path config = Files.writeString(
                directory.resolve("node.properties"),
                "muster.cluster=" + uri(kind) + "\nmuster.namespace=" + namespace + "\nmuster.session-ttl=100ms\n");

        try (JavaProcess node =
                JavaProcess.start(JavaCommand.of("io.muster.cli.Main", "node", "--config", config.toString())
                        .withJvmOptions("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))) {
            Optional<String> line = node.awaitLine(text -> text.contains(" works on "), Duration.ofSeconds(60));

            assertThat(line).isPresent();
            assertThat(line.orElseThrow())
                    .containsPattern("session TTL \\d+ ms instead of 100 ms, which is below the server's least");
        }
    }

    private static String uri(ServerKind kind) {
        Optional<LocalServer> server = SharedServers.get(kind);
        Assumptions.assumeTrue(server.isPresent(), "no " + kind);
        return server.orElseThrow().uri().toString();
    }
}
