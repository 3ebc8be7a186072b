package io.muster.queue.redis;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.JobStore;
import io.muster.queue.testkit.store.StoreEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A namespace of its own at a server; each handle has its own connections. */
final class RedisEnvironment implements StoreEnvironment {
    private final RedisStoreConfig config;
    private final String namespace = UUID.randomUUID().toString();
    private final List<JobStore> opened = new CopyOnWriteArrayList<>();

    RedisEnvironment(RedisStoreConfig config) {
        this.config = config;
    }

    /** What a URI says. */
    static RedisStoreConfig config(String uri) {
        return RedisStoreProvider.config(ConnectionUri.parse(uri));
    }

    @Override
    public JobStore openStore() {
        JobStore store = config.open(namespace, SystemTimeline.instance());
        opened.add(store);
        return store;
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void pass(Duration duration) {
        Timeline timeline = SystemTimeline.instance();
        timeline.await(new CompletableFuture<Void>(), Deadline.after(duration, timeline.ticker()));
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
