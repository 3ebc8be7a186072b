package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdTlsTest {
    @Test
    void trustAndTheOwnCertificateComeFromFiles(@TempDir Path directory) throws Exception {
        Optional<LocalServer> server = SharedServers.get(ServerKind.ETCD);
        Assumptions.assumeTrue(server.isPresent(), "no etcd");
        try (TlsFront front = new TlsFront(server.get(), directory)) {
            String address = "etcds://127.0.0.1:" + front.port() + "?connectTimeout=9s";
            String trusting = address + "&ca=" + front.certificate();
            String presenting = trusting + "&cert=" + front.certificate() + "&key=" + front.key();

            try (Backend backend = open(presenting)) {
                assertThat(backend.identity(Deadline.after(
                                Duration.ofSeconds(3), SystemTimeline.instance().ticker())))
                        .isNotEmpty();
            }
            assertThatThrownBy(() -> open(address))
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageContaining("TLS");
            assertThatThrownBy(() -> open(trusting)).isInstanceOf(ClusterException.class);
            assertThatThrownBy(() -> open("etcd://127.0.0.1:" + front.port() + "?connectTimeout=9s"))
                    .isInstanceOf(ClusterException.class);
            assertThatThrownBy(() -> open("etcds://127.0.0.1:" + server.get().port() + "?connectTimeout=9s"))
                    .isInstanceOf(ClusterException.class);
            assertThatThrownBy(() -> open(address + "&ca=" + front.key()))
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageContaining("PEM");
        }
    }

    private static Backend open(String address) {
        BackendConfig config = new EtcdClusterProvider().config(ConnectionUri.parse(address));
        return config.open("tls", SystemTimeline.instance());
    }
}
