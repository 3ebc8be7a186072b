package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Store;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Tls;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encryption, against a server whose certificate is made for the test. */
class ZooKeeperTlsTest {
    private static final Timeline TIMELINE = SystemTimeline.instance();
    private static final String PASSWORD = "changeit";

    @Test
    void connectsToTheSecurePortIfItsCertificateIsTrusted(@TempDir Path folder) throws Exception {
        Path key = folder.resolve("server.p12");
        Path trust = trustedCertificate(key);
        Path stranger = trustedCertificate(folder.resolve("stranger.p12"));
        int port = freePort();
        ServerOptions options = ServerOptions.forTests()
                .withExtraArguments(
                        "secureClientPort=" + port,
                        "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                        "ssl.keyStore.location=" + key,
                        "ssl.keyStore.password=" + PASSWORD,
                        "ssl.trustStore.location=" + trust,
                        "ssl.trustStore.password=" + PASSWORD,
                        "ssl.clientAuth=none");
        ZooKeeperConfig config = ZooKeeperConfig.of("127.0.0.1:" + port).withConnectTimeout(Duration.ofSeconds(30));

        try (LocalServer server = LocalServer.start(ServerKind.ZOOKEEPER, options)) {
            assertThat(server.isRunning()).isTrue();
            try (Backend backend = config.withTls(trusting(trust)).open("tls", TIMELINE)) {
                assertThat(backend.identity(Deadline.after(Duration.ofSeconds(5), TIMELINE.ticker())))
                        .isNotEmpty();
            }
            assertThatThrownBy(() -> config.withTls(trusting(stranger))
                            .withConnectTimeout(Duration.ofSeconds(2))
                            .open("tls", TIMELINE))
                    .isInstanceOf(ClusterUnavailableException.class)
                    .hasMessageContaining("trust store");
            assertThatThrownBy(() ->
                            config.withConnectTimeout(Duration.ofSeconds(2)).open("tls", TIMELINE))
                    .isInstanceOf(ClusterUnavailableException.class)
                    .hasMessageContaining("zookeepers://");
        }
    }

    private static Tls trusting(Path trust) {
        return new Tls(Optional.of(new Store(trust, PASSWORD)), Optional.empty());
    }

    /** A key with its certificate, and a store that trusts it. */
    private static Path trustedCertificate(Path key) throws IOException, InterruptedException {
        Path certificate = key.resolveSibling(key.getFileName() + ".crt");
        Path trust = key.resolveSibling("trust-" + key.getFileName());
        keytool(
                key,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost");
        keytool(key, "-exportcert", "-file", certificate.toString());
        keytool(trust, "-importcert", "-noprompt", "-file", certificate.toString());
        return trust;
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "server", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
