package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.Certificates;
import io.muster.servers.FreePorts;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.contract.ContractServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An etcd server that speaks TLS and lets a user touch the namespaces of the contract and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SecuredEtcd {
    static final String PASSWORD = "s3cret-of-muster";

    Certificates certificates;
    Certificates stranger;
    int port;
    private LocalServer server;
    private ContractServer environment;

    @BeforeAll
    void start(@TempDir Path files) throws Exception {
        certificates = Certificates.make(files, "server");
        stranger = Certificates.make(files, "stranger");
        port = FreePorts.next();
        ServerOptions options = ServerOptions.forTests()
                .withExtraArguments(
                        "--listen-client-urls",
                        "http://127.0.0.1:{port},https://127.0.0.1:" + port,
                        "--cert-file",
                        certificates.certificate().toString(),
                        "--key-file",
                        certificates.key().toString());
        server = LocalServer.tryStart(ServerKind.ETCD, options)
                .orElseGet(() -> Assumptions.abort("no etcd on this machine"));
        demandCredentials();
        environment =
                ContractServer.at(server, port, Duration.ofSeconds(1), (host, at) -> config(host, at, certificates)
                        .withCredentials("muster", PASSWORD));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    public ContractEnvironment environment() {
        return environment;
    }

    static EtcdConfig config(String host, int port, Certificates trusted) {
        return EtcdConfig.at(host + ":" + port)
                .withTls(EtcdConfig.Tls.trusting(trusted.certificate()))
                .withConnectTimeout(Duration.ofSeconds(9));
    }

    static Backend open(EtcdConfig config) {
        return config.open("contract-secured", SystemTimeline.instance());
    }

    private void demandCredentials() throws Exception {
        ask("user/add", "{\"name\": \"root\", \"password\": \"of-the-root-user\"}");
        ask("role/add", "{\"name\": \"root\"}");
        ask("user/grant", "{\"user\": \"root\", \"role\": \"root\"}");
        ask("user/add", "{\"name\": \"muster\", \"password\": \"" + PASSWORD + "\"}");
        ask("role/add", "{\"name\": \"muster\"}");
        ask(
                "role/grant",
                "{\"name\": \"muster\", \"perm\": {\"permType\": \"READWRITE\", \"key\": \"" + base64("/contract-")
                        + "\", \"range_end\": \"" + base64("/contract.") + "\"}}");
        ask("user/grant", "{\"user\": \"muster\", \"role\": \"muster\"}");
        ask("enable", "{}");
    }

    private void ask(String what, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + server.host() + ":" + server.port() + "/v3/auth/" + what))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
