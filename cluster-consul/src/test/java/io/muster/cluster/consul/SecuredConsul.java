package io.muster.cluster.consul;

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
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A Consul server that speaks HTTPS and knows a token that may touch the namespaces of the contract and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SecuredConsul {
    static final String TOKEN = "0a4b7c2d-11e8-4f6a-9d3c-5b6e7f8091a2";
    private static final String MANAGEMENT = "2b778dd9-f5f1-6f29-b4b4-9a5fa948757a";

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
                .withSecret(MANAGEMENT)
                .withExtraArguments(
                        "-hcl",
                        "ports { https = " + port + " } cert_file = \"" + certificates.certificate()
                                + "\" key_file = \"" + certificates.key() + "\"");
        server = LocalServer.tryStart(ServerKind.CONSUL, options)
                .orElseGet(() -> Assumptions.abort("no Consul on this machine"));
        String rules =
                "key_prefix \\\"contract-\\\" { policy = \\\"write\\\" } session_prefix \\\"\\\" { policy = \\\"write\\\" }"
                        + " service \\\"muster\\\" { policy = \\\"write\\\" }";
        manage("policy", "{\"Name\": \"muster\", \"Rules\": \"" + rules + "\"}");
        manage("token", "{\"SecretID\": \"" + TOKEN + "\", \"Policies\": [{\"Name\": \"muster\"}]}");
        environment =
                ContractServer.at(server, port, Duration.ofSeconds(1), (host, at) -> config(host, at, certificates)
                        .withToken(TOKEN));
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

    static ConsulConfig config(String host, int port, Certificates trusted) {
        return ConsulConfig.at(host, port)
                .withTls(new ConsulConfig.Tls(Optional.of(trusted.trust()), Optional.of(Certificates.PASSWORD)))
                .withConnectTimeout(Duration.ofSeconds(9));
    }

    static Backend open(ConsulConfig config) {
        return config.open("contract-secured", SystemTimeline.instance());
    }

    private void manage(String kind, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + server.host() + ":" + server.port() + "/v1/acl/" + kind))
                .header("X-Consul-Token", MANAGEMENT)
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
