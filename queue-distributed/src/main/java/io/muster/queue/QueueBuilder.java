package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.Registration;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.closure.Action;
import io.muster.queue.closure.Closures;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.job.Handler;
import io.muster.queue.job.HandlerFactory;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.Middleware;
import io.muster.queue.job.RefResolver;
import io.muster.queue.limit.Limit;
import io.muster.queue.node.NodeSetting;
import io.muster.queue.store.JobStore;
import io.muster.queue.transaction.TransactionBoundary;
import io.muster.queue.worker.CallerRun;
import io.muster.queue.worker.Heap;
import io.muster.queue.worker.PoolOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects what a process brings to the queue. Not thread-safe. */
public final class QueueBuilder {
    private final Repertoire repertoire;
    private final List<PoolOptions> pools = new ArrayList<>();
    private final List<DispatchPipe> pipes = new ArrayList<>();
    private final List<TransactionBoundary> boundaries = new ArrayList<>();
    private boolean afterCommit;
    private QueueSettings settings;
    private Optional<BackendConfig> backend = Optional.empty();
    private Optional<Function<Cluster, JobStore>> storeOpening = Optional.empty();
    private Registration registration = Registration.of("localhost", 0);
    private Timeline timeline = SystemTimeline.instance();
    private Role role = Role.NODE;
    private NodeSetting.OnRestart onRestart = NodeSetting.OnRestart.REBUILD;
    private LongSupplier heapBytes = Heap::usedAfterCollection;
    private final List<Consumer<Events>> listening = new ArrayList<>();
    private @Nullable Events events;
    private String connection = Dispatcher.Place.UNNAMED;
    private Neighbours neighbours = Neighbours.NONE;
    private Predicate<Class<?>> runInCaller = jobClass -> false;

    /** What a process is to the cluster. */
    enum Role {
        /** Registers, works, may lead. */
        NODE,
        /** Pushes and looks; is no member. */
        CLIENT
    }

    QueueBuilder(QueueSettings settings) {
        this.settings = settings;
        this.repertoire = new Repertoire(() -> this.settings.keys());
    }

    /** The other connections of the process; without it there are none. */
    QueueBuilder neighbours(Neighbours given) {
        neighbours = given;
        return this;
    }

    Dispatcher.Place place(String defaultQueue, Outlet outlet) {
        return new Dispatcher.Place(connection, defaultQueue, outlet, neighbours);
    }

    Neighbours neighbours() {
        return neighbours;
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

    /** What encrypts and signs jobs here: the same on all nodes. J6, J7 */
    public QueueBuilder keys(EncryptionKeys given) {
        return settings(said -> said.withKeys(given));
    }

    /** Changes any setting. */
    public QueueBuilder settings(UnaryOperator<QueueSettings> change) {
        settings = change.apply(settings);
        return this;
    }

    /** A type that this process pushes and does not work on. */
    public <T> QueueBuilder type(String name, Class<T> jobClass) {
        repertoire.types().register(JobType.of(name, jobClass));
        return this;
    }

    /** As {@link #type(String, Class)}, named by {@link io.muster.queue.job.JobName}. */
    public QueueBuilder type(Class<?> jobClass) {
        repertoire.types().register(JobType.of(jobClass));
        return this;
    }

    /** A type that this process pushes and works on, whose jobs handle themselves. J1 */
    public QueueBuilder job(Class<? extends Job> jobClass) {
        repertoire.types().registerItself(JobType.of(jobClass));
        return this;
    }

    /** As {@link #job(Class)}, with a name. */
    public QueueBuilder job(String name, Class<? extends Job> jobClass) {
        repertoire.types().registerItself(JobType.of(name, jobClass));
        return this;
    }

    /** A type that this process pushes and works on, with the options of its class. */
    public <T> QueueBuilder handle(String name, Class<T> jobClass, Handler<? super T> handler) {
        return handle(JobType.of(name, jobClass), handler);
    }

    /** As {@link #handle(String, Class, Handler)}, named by {@link io.muster.queue.job.JobName}. */
    public <T> QueueBuilder handle(Class<T> jobClass, Handler<? super T> handler) {
        return handle(JobType.of(jobClass), handler);
    }

    /** As {@link #handle(Class, Handler)}, with a handler that the {@link #factory} makes for each attempt. J1 */
    public <T> QueueBuilder handle(Class<T> jobClass, Class<? extends Handler<? super T>> handler) {
        repertoire.types().register(JobType.of(jobClass), handler);
        return this;
    }

    /** A type that this process pushes and works on. */
    public <T> QueueBuilder handle(JobType<T> type, Handler<? super T> handler) {
        repertoire.types().register(type, handler);
        return this;
    }

    /** Makes handlers and what they ask for; without one, constructors without parameters do. J1 */
    public QueueBuilder factory(HandlerFactory given) {
        repertoire.factory(given);
        return this;
    }

    /** Finds what jobs refer to by a {@link io.muster.queue.job.Ref}. J1 */
    public <T> QueueBuilder resolve(Class<T> referred, RefResolver<T> resolver) {
        repertoire.resolve(referred, resolver);
        return this;
    }

    /** Wraps the handling of all jobs here, within what was given before. M1 */
    public QueueBuilder middleware(Middleware... more) {
        repertoire.middleware(List.of(more));
        return this;
    }

    /** Wraps the handling of jobs of a queue here, within what wraps all and what was given before. M1 */
    public QueueBuilder middlewareOn(String queue, Middleware... more) {
        repertoire.middlewareOn(queue, List.of(more));
        return this;
    }

    /**
     * A limit for jobs that name it, in the whole cluster: see {@link io.muster.queue.middleware.RateLimited}. Register it alike wherever such jobs
     * run. M2
     */
    public QueueBuilder limiter(String name, Limit limit) {
        return limiter(name, job -> limit);
    }

    /** As {@link #limiter(String, Limit)}, with a limit that depends on the job: per user, say, or none at all. M2 */
    public QueueBuilder limiter(String name, Function<Object, Limit> limit) {
        repertoire.limiter(name, limit);
        return this;
    }

    /**
     * Code that can be dispatched by this name: {@link Queue#closures}. Register it alike wherever it is dispatched and wherever it runs. J7
     *
     * @throws IllegalArgumentException the name is taken, or the lambda does not say the types of its arguments
     */
    public QueueBuilder closure(String name, Action.None code) {
        return named(name, code);
    }

    /** As {@link #closure(String, Action.None)}. */
    public <A> QueueBuilder closure(String name, Action.One<A> code) {
        return named(name, code);
    }

    /** As {@link #closure(String, Action.None)}. */
    public <A, B> QueueBuilder closure(String name, Action.Two<A, B> code) {
        return named(name, code);
    }

    /** As {@link #closure(String, Action.None)}. */
    public <A, B, C> QueueBuilder closure(String name, Action.Three<A, B, C> code) {
        return named(name, code);
    }

    private QueueBuilder named(String name, Action code) {
        repertoire.closure(name, code);
        return this;
    }

    /**
     * Tells when transactions commit, for jobs that wait for that: {@link Dispatch#afterCommit}. J4
     */
    public QueueBuilder transactions(TransactionBoundary... more) {
        boundaries.addAll(List.of(more));
        return this;
    }

    /** All jobs that are dispatched here wait for the commit of open transactions, unless they say {@link Dispatch#beforeCommit}. J4 */
    public QueueBuilder afterCommit() {
        afterCommit = true;
        return this;
    }

    /** A coordinator that keeps unique keys for jobs that name it by {@link Dispatch#uniqueVia}; the caller keeps it open. J5 */
    public QueueBuilder uniqueVia(String name, Cluster coordinator) {
        repertoire.uniqueVia(name, coordinator);
        return this;
    }

    /** Adds a station that all jobs pass that are dispatched here. J11 */
    public QueueBuilder pipe(DispatchPipe pipe) {
        pipes.add(pipe);
        return this;
    }

    /**
     * Jobs of classes for which {@code jobs} holds are not stored: pushed here, they run at once in their caller, as with the driver
     * {@code sync}. Asked at each push. For tests and tools; without it all are stored.
     */
    public QueueBuilder runInCaller(Predicate<Class<?>> jobs) {
        runInCaller = jobs;
        return this;
    }

    /**
     * Tells {@code listener} of events of a kind from the start on, the first members and leaders included. See {@link
     * Queue#on}. F2
     */
    public <E extends QueueEvent> QueueBuilder on(Class<E> kind, Consumer<? super E> listener) {
        listening.add(raised -> raised.on(kind, listener));
        return this;
    }

    /** Adds a pool; without any there is one named {@code default} as the settings say. */
    public QueueBuilder pool(PoolOptions pool) {
        pools.add(pool);
        return this;
    }

    /**
     * A restart signal ends this node's pools instead of building them anew: for a process that then ends, to be started again by what
     * supervises it. See {@link Queue#poolsEnded}. K4
     */
    public QueueBuilder endOnRestart() {
        onRestart = NodeSetting.OnRestart.END;
        return this;
    }

    /** How many bytes of heap are in use after a garbage collection, for pools with a memory limit; for tests. */
    public QueueBuilder heap(LongSupplier usedBytes) {
        heapBytes = usedBytes;
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

    /** What events and failed jobs call this queue's connection; {@code default} unless it is one of several. */
    public QueueBuilder connection(String name) {
        connection = name;
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

    /** The one place where events of what is built are raised. */
    Events events() {
        Events made = events;
        if (made == null) {
            made = new Events(timeline);
            events = made;
            for (Consumer<Events> listener : listening) {
                listener.accept(made);
            }
        }
        return made;
    }

    /** What is built from now on raises its events apart from what was built before. */
    QueueBuilder withEventsAnew() {
        events = null;
        return this;
    }

    Commits commits() {
        return new Commits(List.copyOf(boundaries), afterCommit);
    }

    Closures closures() {
        return repertoire.closures();
    }

    String connection() {
        return connection;
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

    /** Where pushed jobs go: what runs in its caller apart from what {@code storing} stores. */
    Outlet outlet(JobTypes known, CallerRun caller, Outlet storing) {
        return new Divided(
                new Divided.Caller(known, runInCaller, caller), storing, connection, neighbours::pushing, timeline);
    }

    Registration registration() {
        return registration;
    }

    Timeline timeline() {
        return timeline;
    }

    NodeSetting.OnRestart onRestart() {
        return onRestart;
    }

    LongSupplier heapBytes() {
        return heapBytes;
    }

    Role role() {
        return role;
    }

    /** With what is supplied where there is no cluster. */
    JobTypes types() {
        return types(Optional.empty(), Optional.empty());
    }

    JobTypes types(Optional<Cluster> cluster, Optional<JobStore.LimitDesk> limits) {
        return repertoire.known(cluster, limits, timeline);
    }

    /** Refuses a timeout that could outlast {@code muster.reclaim-after}, as far as it is known now. K2 */
    void checkTimeouts() {
        Timeouts timeouts = new Timeouts(settings.reclaimAfter());
        pools().forEach(pool -> timeouts.check("pool \"" + pool.name() + "\"", pool.timeout()));
        JobTypes built = types();
        for (String name : built.handled()) {
            built.named(name)
                    .flatMap(type -> type.options().timeout())
                    .ifPresent(timeout -> timeouts.check("job type \"" + name + "\"", timeout));
        }
    }

    List<DispatchPipe> pipes() {
        return List.copyOf(pipes);
    }

    List<PoolOptions> pools() {
        if (pools.isEmpty()) {
            return List.of(
                    PoolOptions.of(settings.queues()).withName("default").withConcurrency(settings.workerCount()));
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
