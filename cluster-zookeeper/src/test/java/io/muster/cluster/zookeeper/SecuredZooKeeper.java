package io.muster.cluster.zookeeper;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Store;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Tls;
import io.muster.servers.Certificates;
import io.muster.servers.FreePorts;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.contract.ContractServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A ZooKeeper server that speaks TLS by Netty, and clients who say who they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SecuredZooKeeper {
    /** Both, since the client looks up the name of an address and may check that. */
    private static final String NAMES = "ip:127.0.0.1,dns:localhost";

    static final String PASSWORD = "s3cret-of-muster";

    Certificates certificates;
    Certificates stranger;
    int port;
    private LocalServer server;
    private ContractServer environment;

    @BeforeAll
    void start(@TempDir Path files) {
        certificates = Certificates.make(files, "server", NAMES);
        stranger = Certificates.make(files, "stranger", NAMES);
        port = FreePorts.next();
        ServerOptions options = ServerOptions.forTests()
                .withExtraArguments(
                        "secureClientPort=" + port,
                        "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                        "ssl.keyStore.location=" + certificates.keys(),
                        "ssl.keyStore.password=" + Certificates.PASSWORD,
                        "ssl.trustStore.location=" + certificates.trust(),
                        "ssl.trustStore.password=" + Certificates.PASSWORD,
                        "ssl.clientAuth=none");
        server = LocalServer.tryStart(ServerKind.ZOOKEEPER, options)
                .orElseGet(() -> Assumptions.abort("no ZooKeeper on this machine"));
        environment =
                ContractServer.at(server, port, Duration.ofSeconds(2), (host, at) -> config(host, at, certificates)
                        .withDigest("muster", PASSWORD));
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

    static ZooKeeperConfig config(String host, int port, Certificates trusted) {
        return ZooKeeperConfig.of(host + ":" + port)
                .withTls(new Tls(Optional.of(new Store(trusted.trust(), Certificates.PASSWORD)), Optional.empty()))
                .withConnectTimeout(Duration.ofSeconds(15));
    }

    static Backend open(ZooKeeperConfig config) {
        return config.open("secured", SystemTimeline.instance());
    }
}
