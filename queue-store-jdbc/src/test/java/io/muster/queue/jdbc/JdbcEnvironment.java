package io.muster.queue.jdbc;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.JobStore;
import io.muster.queue.testkit.store.StoreEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Tables of its own in a database; each handle has connections of its own. */
class JdbcEnvironment implements StoreEnvironment {
    private final String uri;
    private final String namespace = "t" + UUID.randomUUID().toString().substring(0, 8);
    private final List<JobStore> opened = new CopyOnWriteArrayList<>();

    JdbcEnvironment(String uri) {
        this.uri = uri;
    }

    String namespace() {
        return namespace;
    }

    @Override
    public JobStore openStore() {
        JdbcStore store = JdbcStoreProvider.open(ConnectionUri.parse(uri), namespace, SystemTimeline.instance());
        opened.add(store);
        return store;
    }

    /** The database runs on this machine. */
    @Override
    public Instant now() {
        return Instant.now();
    }

    /** The database's clock cannot be moved. */
    @Override
    public void pass(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(20), end - System.nanoTime()));
        }
    }

    @Override
    public OptionalInt mostLiveJobs() {
        return OptionalInt.empty();
    }

    @Override
    public void close() {
        opened.forEach(JobStore::close);
    }
}
