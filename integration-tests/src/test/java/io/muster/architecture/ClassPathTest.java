package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.Registration;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** All four clients work on one class path, at the same time: their Nettys and HTTP clients agree. */
class ClassPathTest {
    @Test
    void allFourClientsOpenSideBySide() {
        Map<ServerKind, LocalServer> servers = new EnumMap<>(ServerKind.class);
        List<ServerKind> kinds = List.of(ServerKind.REDIS, ServerKind.ETCD, ServerKind.CONSUL, ServerKind.ZOOKEEPER);
        for (ServerKind kind : kinds) {
            Optional<LocalServer> server = SharedServers.get(kind);
            server.ifPresent(found -> servers.put(kind, found));
        }
        Assumptions.assumeFalse(servers.isEmpty(), "no server at all");
        List<Cluster> opened = new ArrayList<>();
        try {
            servers.forEach((kind, server) -> {
                Cluster cluster = Cluster.open(server.uri().toString(), ClusterOptions.named("class-path"));
                opened.add(cluster);
                cluster.register(Registration.of("localhost", 0));
            });
            assertThat(opened).allSatisfy(cluster -> {
                assertThat(cluster.nodes()).anyMatch(node -> node.id().equals(cluster.self()));
                assertThat(cluster.session().isActive()).isTrue();
            });
            assertThat(opened.stream().map(cluster -> cluster.capabilities().backend()))
                    .containsExactlyInAnyOrderElementsOf(
                            servers.keySet().stream().map(ServerKind::id).toList());
        } finally {
            opened.forEach(Cluster::close);
        }
    }
}
