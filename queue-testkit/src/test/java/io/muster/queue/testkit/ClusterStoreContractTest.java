package io.muster.queue.testkit;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.spi.Backend;
import io.muster.queue.clusterstore.ClusterStore;
import io.muster.queue.store.JobStore;
import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.MovableTimeline;
import io.muster.queue.testkit.store.StoreEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

class ClusterStoreContractTest extends JobStoreContract {
    private static final int MOST_JOBS = 1_000;

    @Override
    protected StoreEnvironment openEnvironment() {
        return new LocalEnvironment();
    }

    /** Each handle has a backend of its own onto one coordinator inside this process. */
    private static final class LocalEnvironment implements StoreEnvironment {
        private final LocalConfig config = LocalConfig.named(UUID.randomUUID().toString());
        private final MovableTimeline timeline = new MovableTimeline();
        private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

        @Override
        public JobStore openStore() {
            Backend backend = config.open("test", timeline);
            JobStore store = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), MOST_JOBS);
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
