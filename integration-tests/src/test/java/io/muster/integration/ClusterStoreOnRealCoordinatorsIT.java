package io.muster.integration;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.clusterstore.ClusterStore;
import io.muster.queue.store.JobStore;
import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.MovableTimeline;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/** The contract of stores, kept by the cluster store on each real coordinator. */
class ClusterStoreOnRealCoordinatorsIT {
    @Nested
    class OnRedis extends JobStoreContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return environment(ServerKind.REDIS);
        }
    }

    @Nested
    class OnEtcd extends JobStoreContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return environment(ServerKind.ETCD);
        }
    }

    @Nested
    class OnConsul extends JobStoreContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return environment(ServerKind.CONSUL);
        }
    }

    @Nested
    class OnZooKeeper extends JobStoreContract {
        @Override
        protected StoreEnvironment openEnvironment() {
            return environment(ServerKind.ZOOKEEPER);
        }
    }

    private static StoreEnvironment environment(ServerKind kind) {
        Optional<LocalServer> server = SharedServers.get(kind);
        Assumptions.assumeTrue(server.isPresent(), kind + " is missing");
        return new RealEnvironment(server.get());
    }

    /** Each handle has a backend, with connections, of its own onto a fresh namespace of one server. */
    private static final class RealEnvironment implements StoreEnvironment {
        private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
        private static final int MOST_JOBS = 1_000;

        private final BackendConfig config;
        private final String namespace = "store-" + UUID.randomUUID();
        private final MovableTimeline timeline = new MovableTimeline();
        private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

        RealEnvironment(LocalServer server) {
            ConnectionUri uri = ConnectionUri.parse(server.uri().toString());
            this.config = ServiceLoader.load(ClusterProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.schemes().contains(uri.scheme()))
                    .findFirst()
                    .orElseThrow()
                    .config(uri);
        }

        @Override
        public JobStore openStore() {
            Backend backend = config.open(namespace, timeline);
            JobStore store = ClusterStore.open(backend, timeline, CALL_TIMEOUT, MOST_JOBS);
            opened.add(0, backend);
            opened.add(0, store);
            return store;
        }

        @Override
        public Instant now() {
            return timeline.clock().instant();
        }

        @Override
        public void pass(Duration duration) {
            timeline.move(duration);
        }

        @Override
        public OptionalInt mostLiveJobs() {
            return OptionalInt.of(MOST_JOBS);
        }

        @Override
        public void close() {
            for (AutoCloseable one : opened) {
                try {
                    one.close();
                } catch (Exception e) {
                    throw new IllegalStateException("Could not close " + one, e);
                }
            }
        }
    }
}
