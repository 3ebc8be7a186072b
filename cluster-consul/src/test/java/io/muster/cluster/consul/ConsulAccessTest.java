package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import io.muster.servers.TestSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may enter: tokens, datacenters, certificates. */
class ConsulAccessTest {
    private static final String MANAGEMENT = TestSecrets.TOKEN;
    private static final String LIMITED = TestSecrets.LIMITED_TOKEN;

    private final String namespace = "t-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void aMissingOrWrongTokenIsRefusedWithARemedy() {
        ConsulConfig config = config(server(ServerOptions.forTests().withSecret(MANAGEMENT)));

        assertThatThrownBy(() -> open(config))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("key_prefix");
        assertThatThrownBy(() -> open(config.withToken("11111111-2222-3333-4444-555555555555")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("ACL not found")
                .hasMessageNotContaining("11111111");
    }

    @Test
    void theRightsThatTheRemedyNamesSuffice() throws Exception {
        LocalServer server = server(ServerOptions.forTests().withSecret(MANAGEMENT));
        String rules = "key_prefix \\\"" + namespace
                + "/\\\" { policy = \\\"write\\\" } session_prefix \\\"\\\" { policy = \\\"write\\\" }"
                + " service \\\"muster\\\" { policy = \\\"write\\\" }";
        manage(server, "policy", "{\"Name\": \"muster\", \"Rules\": \"" + rules + "\"}");
        manage(server, "token", "{\"SecretID\": \"" + LIMITED + "\", \"Policies\": [{\"Name\": \"muster\"}]}");

        Backend backend = open(config(server).withToken(LIMITED));

        BackendSession session = backend.openSession(Duration.ofSeconds(2), soon());
        session.renew(soon());
        backend.commit(
                Transaction.builder()
                        .write(Write.bind(new Key("d", "k"), new byte[1], session))
                        .build(),
                soon());
        session.end(soon());
        assertThat(backend.read(new Key("d", "k"), soon())).isEmpty();
        assertThatThrownBy(() -> config(server).withToken(LIMITED).open("foreign", SystemTimeline.instance()))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("Permission denied");
    }

    @Test
    void anotherDatacenterThanTheAgentsIsRefused() {
        LocalServer server = server(ServerOptions.forTests());

        assertThatThrownBy(() -> open(config(server).withDatacenter("elsewhere")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("setting datacenter");
        open(config(server).withDatacenter("dc1"))
                .openSession(Duration.ofSeconds(2), soon())
                .renew(soon());
    }

    @Test
    void certificatesAreCheckedAgainstTheTrustStore(@TempDir Path directory) throws Exception {
        LocalServer plain = server(ServerOptions.forTests());
        String consul = plain.binary().path().toString();
        run(directory, consul, "tls", "ca", "create");
        run(directory, consul, "tls", "cert", "create", "-server", "-dc", "dc1");
        Path trusted = trustStore(directory.resolve("consul-agent-ca.pem"), directory.resolve("ca.p12"));
        int port = freePort();
        LocalServer server = LocalServer.start(
                ServerKind.CONSUL,
                ServerOptions.forTests()
                        .withExtraArguments(
                                "-hcl",
                                "ports { https = " + port + " } cert_file = \"" + directory
                                        + "/dc1-server-consul-0.pem\" key_file = \"" + directory
                                        + "/dc1-server-consul-0-key.pem\""));
        opened.add(server);
        ConsulConfig.Tls tls = new ConsulConfig.Tls(Optional.of(trusted), Optional.of("changeit"));
        ConsulConfig secure = ConsulConfig.at(server.host(), port);

        open(secure.withTls(tls)).openSession(Duration.ofSeconds(2), soon()).renew(soon());

        assertThatThrownBy(() -> open(secure.withTls(ConsulConfig.Tls.ofJdk())))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("trustStore");
        assertThatThrownBy(() -> open(secure))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("consuls://");
        assertThatThrownBy(() -> open(config(server).withTls(tls)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("consul://");
        assertThatThrownBy(() ->
                        open(secure.withTls(new ConsulConfig.Tls(Optional.of(trusted), Optional.of("wrong-password")))))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("trustStorePassword")
                .hasMessageNotContaining("wrong-password");
    }

    private static LocalServer server(ServerOptions options) {
        Optional<LocalServer> server = SharedServers.get(ServerKind.CONSUL, options);
        assumeTrue(server.isPresent(), "no Consul on this machine");
        return server.get();
    }

    private static ConsulConfig config(LocalServer server) {
        return ConsulConfig.at(server.host(), server.port());
    }

    private Backend open(ConsulConfig config) {
        Backend backend = config.open(namespace, SystemTimeline.instance());
        opened.add(0, backend);
        return backend;
    }

    private static void manage(LocalServer server, String kind, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + server.host() + ":" + server.port() + "/v1/acl/" + kind))
                .header("X-Consul-Token", MANAGEMENT)
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void run(Path directory, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static Path trustStore(Path certificate, Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(5), SystemTimeline.instance().ticker());
    }
}
