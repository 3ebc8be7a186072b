package io.muster.cluster.redis;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.Certificates;
import io.muster.servers.FreePorts;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.contract.ContractServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A Redis server that speaks TLS and knows a user who may not administer it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SecuredRedis {
    static final String PASSWORD = "s3cret-of-muster";

    Certificates certificates;
    Certificates stranger;
    int port;
    private LocalServer server;
    private ContractServer environment;

    @BeforeAll
    void start(@TempDir Path files) {
        certificates = Certificates.make(files, "server");
        stranger = Certificates.make(files, "stranger");
        port = FreePorts.next();
        ServerOptions options = ServerOptions.forTests()
                .withSecret("of-the-default-user")
                .withExtraArguments(
                        "--tls-port",
                        Integer.toString(port),
                        "--tls-cert-file",
                        certificates.certificate().toString(),
                        "--tls-key-file",
                        certificates.key().toString(),
                        "--tls-ca-cert-file",
                        certificates.certificate().toString(),
                        "--tls-auth-clients",
                        "no",
                        "--user",
                        "muster",
                        "on",
                        ">" + PASSWORD,
                        "~*",
                        "&*",
                        "+@all",
                        "-@admin");
        server = LocalServer.tryStart(ServerKind.REDIS, options)
                .orElseGet(() -> Assumptions.abort("no Redis on this machine"));
        environment = ContractServer.at(
                server,
                port,
                Duration.ofSeconds(1),
                (host, at) -> config("muster:" + PASSWORD, host, at, certificates));
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

    static RedisConfig config(String user, String host, int port, Certificates trusted) {
        String uri =
                "rediss://" + user + "@" + host + ":" + port + "/0?connectTimeout=9s&tlsCa=" + trusted.certificate();
        return (RedisConfig) new RedisClusterProvider().config(ConnectionUri.parse(uri));
    }

    static Backend open(RedisConfig config) {
        return config.open("secured", SystemTimeline.instance());
    }
}
