package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.Registration;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.JobStore;
import io.muster.queue.worker.PoolOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Collects what a process brings to the queue. Not thread-safe. */
public final class QueueBuilder {
    private final JobTypes.Builder types = JobTypes.builder();
    private final List<PoolOptions> pools = new ArrayList<>();
    private QueueSettings settings;
    private Optional<BackendConfig> backend = Optional.empty();
    private Optional<Function<Cluster, JobStore>> storeOpening = Optional.empty();
    private Registration registration = Registration.of("localhost", 0);
    private Timeline timeline = SystemTimeline.instance();
    private Role role = Role.NODE;

    /** What a process is to the cluster. */
    enum Role {
        /** Registers, works, may lead. */
        NODE,
        /** Pushes and looks; is no member. */
        CLIENT
    }

    QueueBuilder(QueueSettings settings) {
        this.settings = settings;
    }

    /** Address of the coordinator; its backend module must be on the class path. */
    public QueueBuilder cluster(String uri) {
        settings = settings.withCluster(uri);
        return this;
    }

    /** The coordinator by a typed config instead of an address. */
    public QueueBuilder cluster(BackendConfig config) {
        backend = Optional.of(config);
        return this;
    }

    /**
     * Address of the store. Without one, jobs are kept in the coordinator itself; on Redis, given as a URI and with {@code queue-store-redis} on the class
     * path, in the Redis store at the same address.
     */
    public QueueBuilder store(String uri) {
        settings = settings.withStore(uri);
        return this;
    }

    /** A store that the caller makes for the opened cluster; the queue closes it. */
    public QueueBuilder store(Function<Cluster, JobStore> opening) {
        storeOpening = Optional.of(opening);
        return this;
    }

    /** Changes any setting. */
    public QueueBuilder settings(UnaryOperator<QueueSettings> change) {
        settings = change.apply(settings);
        return this;
    }

    /** A type that this process pushes and does not work on. */
    public <T> QueueBuilder type(String name, Class<T> jobClass) {
        types.register(new JobType<>(name, jobClass, JobOptions.DEFAULT));
        return this;
    }

    /** A type that this process pushes and works on, with default options. */
    public <T> QueueBuilder handle(String name, Class<T> jobClass, Handler<? super T> handler) {
        return handle(new JobType<>(name, jobClass, JobOptions.DEFAULT), handler);
    }

    /** A type that this process pushes and works on. */
    public <T> QueueBuilder handle(JobType<T> type, Handler<? super T> handler) {
        types.register(type, handler);
        return this;
    }

    /** Adds a pool; without any there is one named {@code default} as the settings say. */
    public QueueBuilder pool(PoolOptions pool) {
        pools.add(pool);
        return this;
    }

    /** What others see of this node. */
    public QueueBuilder registration(Registration given) {
        registration = given;
        return this;
    }

    /** Time, threads and randomness, for tests. */
    public QueueBuilder timeline(Timeline given) {
        timeline = given;
        return this;
    }

    /** Joins the cluster and begins to work; returns once this process is a member and a leader is known, or {@code electionTimeout} has passed. */
    public Queue start() {
        role = Role.NODE;
        return Queue.open(this);
    }

    /** Connects to push and to look, without becoming a node. */
    public Queue connect() {
        role = Role.CLIENT;
        return Queue.open(this);
    }

    QueueSettings settings() {
        return settings;
    }

    Optional<BackendConfig> backend() {
        return backend;
    }

    JobStore openStore(Cluster cluster) {
        return storeOpening
                .map(opening -> opening.apply(cluster))
                .orElseGet(() -> StoreOpening.open(settings, cluster, coordinator()));
    }

    /** Its address, unless it was configured by type. */
    private Optional<ConnectionUri> coordinator() {
        return backend.isPresent() ? Optional.empty() : Optional.of(ConnectionUri.parse(settings.cluster()));
    }

    Registration registration() {
        return registration;
    }

    Timeline timeline() {
        return timeline;
    }

    Role role() {
        return role;
    }

    JobTypes types() {
        return types.build();
    }

    List<PoolOptions> pools() {
        if (pools.isEmpty()) {
            return List.of(new PoolOptions(
                    "default", settings.queues(), settings.workerCount(), PoolOptions.DEFAULT_BACKSTOP));
        }
        Set<String> names = new LinkedHashSet<>();
        for (PoolOptions pool : pools) {
            if (!names.add(pool.name())) {
                throw new IllegalArgumentException(
                        "Two pools are named \"" + pool.name() + "\"; name them apart with withName");
            }
        }
        return List.copyOf(pools);
    }
}
