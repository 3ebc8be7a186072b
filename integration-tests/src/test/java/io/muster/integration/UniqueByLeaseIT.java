package io.muster.integration;

import io.muster.queue.testkit.job.UniqueContract;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/** Unique keys as leases of each real coordinator. */
class UniqueByLeaseIT {
    abstract static class OnServer extends UniqueContract {
        abstract ServerKind kind();

        @Override
        protected String coordinator() {
            Optional<LocalServer> server = SharedServers.get(kind());
            Assumptions.assumeTrue(server.isPresent(), kind() + " is missing");
            return server.get().uri().toString();
        }

        @Override
        protected Home home() {
            return Home.LEASE;
        }
    }

    @Nested
    class OnRedis extends OnServer {
        @Override
        ServerKind kind() {
            return ServerKind.REDIS;
        }
    }

    @Nested
    class OnEtcd extends OnServer {
        @Override
        ServerKind kind() {
            return ServerKind.ETCD;
        }
    }

    @Nested
    class OnConsul extends OnServer {
        @Override
        ServerKind kind() {
            return ServerKind.CONSUL;
        }
    }

    @Nested
    class OnZooKeeper extends OnServer {
        @Override
        ServerKind kind() {
            return ServerKind.ZOOKEEPER;
        }
    }
}
