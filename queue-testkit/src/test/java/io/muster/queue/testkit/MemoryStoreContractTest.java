package io.muster.queue.testkit;

import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
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

class MemoryStoreContractTest extends JobStoreContract {
    @Override
    protected StoreEnvironment openEnvironment() {
        return new MemoryEnvironment();
    }

    /** Each handle is one of several that share a name. */
    private static final class MemoryEnvironment implements StoreEnvironment {
        private final String name = UUID.randomUUID().toString();
        private final MovableTimeline timeline = new MovableTimeline();
        private final List<JobStore> handles = new CopyOnWriteArrayList<>();

        @Override
        public JobStore openStore() {
            JobStore handle = MemoryStore.open(name, MemoryOptions.DEFAULT, timeline);
            handles.add(handle);
            return handle;
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
            return OptionalInt.of(MemoryOptions.DEFAULT_MAX_JOBS);
        }

        @Override
        public void close() {
            handles.forEach(JobStore::close);
        }
    }
}
