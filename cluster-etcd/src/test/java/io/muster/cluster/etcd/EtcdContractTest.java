package io.muster.cluster.etcd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.cluster.testkit.ServerFaults;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real etcd server. */
class EtcdContractTest implements PrimitivesContract, RecipesContract {
    private static EtcdUnderTest etcd;

    @BeforeAll
    static void start() {
        Optional<LocalServer> server = LocalServer.tryStart(ServerKind.ETCD, ServerOptions.forTests());
        assumeTrue(server.isPresent(), "no etcd on this machine");
        etcd = new EtcdUnderTest(server.get());
    }

    @AfterAll
    static void stop() {
        if (etcd != null) {
            etcd.close();
        }
    }

    @Override
    public ContractEnvironment environment() {
        return etcd;
    }

    private static final class EtcdUnderTest implements ContractEnvironment, ServerFaults, AutoCloseable {
        private final LocalServer server;
        private final TcpProxy proxy;

        EtcdUnderTest(LocalServer server) {
            this.server = server;
            this.proxy = TcpProxy.to(server);
        }

        @Override
        public BackendConfig direct() {
            return EtcdConfig.at(server.host() + ":" + server.port());
        }

        @Override
        public BackendConfig throughProxy() {
            return EtcdConfig.at(proxy.host() + ":" + proxy.port());
        }

        @Override
        public ServerFaults faults() {
            return this;
        }

        @Override
        public Duration sessionTtl() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void restartServer() {
            server.restart();
        }

        @Override
        public void freezeServer() {
            server.freeze();
        }

        @Override
        public void thawServer() {
            server.thaw();
        }

        @Override
        public void cut() {
            proxy.cut();
        }

        @Override
        public void blackhole() {
            proxy.blackhole();
        }

        @Override
        public void swallowReplies() {
            proxy.swallowReplies();
        }

        @Override
        public void heal() {
            proxy.heal();
        }

        @Override
        public void repair() {
            server.thaw();
            proxy.heal();
        }

        @Override
        public void close() {
            proxy.close();
            server.close();
        }
    }
}
