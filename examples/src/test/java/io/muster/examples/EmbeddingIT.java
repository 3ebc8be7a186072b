package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.BackendConfig;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same node with each of the typed configs. */
@Timeout(90)
@Tag("C6")
class EmbeddingIT {
    private static final String PASSWORD = "secret";

    @ParameterizedTest
    @EnumSource(names = {"REDIS", "ETCD", "CONSUL", "ZOOKEEPER"})
    void aNodeLivesItsLifeByATypedConfig(ServerKind kind) {
        ServerOptions options = ServerOptions.forTests();
        Optional<LocalServer> found =
                SharedServers.get(kind, kind == ServerKind.REDIS ? options.withSecret(PASSWORD) : options);
        Assumptions.assumeTrue(found.isPresent(), "no " + kind);

        Embedding.View view = Embedding.live(config(found.orElseThrow()), 5);

        assertThat(view.stats().nodeId()).isEqualTo("node-a");
        assertThat(view.stats().leaderId()).contains("node-a");
        assertThat(view.stats().isLeader()).isTrue();
        assertThat(view.stats().totalNodes()).isEqualTo(1);
        assertThat(view.stats().queues()).hasSize(1);
        assertThat(view.nodes()).hasSize(1);
        assertThat(view.nodes().get(0).leads()).isTrue();
        assertThat(view.nodes().get(0).pools().get(0).concurrency()).isEqualTo(4);
    }

    private static BackendConfig config(LocalServer server) {
        String address = "127.0.0.1:" + server.port();
        return switch (server.kind()) {
            case REDIS -> Embedding.redis(address, PASSWORD);
            case ETCD -> Embedding.etcd(address);
            case CONSUL -> Embedding.consul("127.0.0.1", server.port());
            case ZOOKEEPER -> Embedding.zooKeeper(address);
            default -> throw new IllegalArgumentException(server.kind() + " is no coordinator");
        };
    }
}
