package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuorumServersTest {
    @ParameterizedTest
    @EnumSource(
            value = ServerKind.class,
            names = {"ETCD", "CONSUL", "ZOOKEEPER"})
    void anotherLeadsWhenTheLeaderIsKilledAndItComesBackAsAFollower(ServerKind kind) {
        Optional<QuorumServers> found = QuorumServers.tryStart(kind);
        Assumptions.assumeTrue(found.isPresent(), kind + " is missing");
        try (QuorumServers servers = found.get()) {
            LocalServer former = servers.leader();

            former.kill();
            servers.awaitAnswer(former);

            LocalServer next = servers.leader();
            assertThat(next).isNotSameAs(former);
            servers.ensureRunning();
            assertThat(servers.all()).allMatch(LocalServer::isReady);
            assertThat(former.leads()).isFalse();
        }
    }
}
