package io.muster.queue.node;

import io.muster.cluster.Cluster;
import io.muster.cluster.time.Timeline;
import io.muster.queue.worker.Ledger;
import io.muster.queue.worker.OnSessionLost;
import io.muster.queue.worker.PoolHealth;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolSetting;
import io.muster.queue.worker.PoolStats;
import io.muster.queue.worker.RunningJob;
import io.muster.queue.worker.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The pools of a node: those at work for its present incarnation, and those of the former one that still end. Belongs to the loop of
 * {@link NodeLife}, but for what is shown of it.
 */
final class Pools implements AutoCloseable {
    private static final Duration QUIET_BACKSTOP = Duration.ofSeconds(15);

    private final NodeSetting setting;
    private final Cluster cluster;
    private final Timeline timeline;
    private final Map<String, Ledger> ledgers = new LinkedHashMap<>();
    private final List<WorkerPool> formerPools = new ArrayList<>();
    private final List<ReservingDesk> desks = new ArrayList<>();
    private Map<String, WorkerPool> pools = new LinkedHashMap<>();
    private volatile List<Watched> watched = List.of();
    private volatile boolean leaderless;

    /** A pool at work for an incarnation, and what the node thinks of it. */
    private record Watched(String incarnation, WorkerPool pool, PoolHealth health) {
        PoolStats stats() {
            return health.of(pool.stats());
        }
    }

    Pools(NodeSetting setting) {
        this.setting = setting;
        this.cluster = setting.cluster();
        this.timeline = cluster.options().timeline();
        for (PoolOptions pool : setting.pools()) {
            ledgers.put(pool.name(), new Ledger(name(), pool.name(), timeline, setting.watch()));
        }
    }

    // From any thread.

    /** What the pools are doing, as far as this process knows. */
    List<PoolStats> stats() {
        return watched.stream().map(Watched::stats).toList();
    }

    /** What runs on this node. */
    List<RunningJob> runningJobs() {
        return watched.stream()
                .flatMap(each -> each.pool().runningJobs().stream())
                .toList();
    }

    /** The pool's figures and listeners. */
    Ledger ledger(String pool) {
        Ledger ledger = ledgers.get(pool);
        if (ledger == null) {
            throw new IllegalArgumentException("No pool \"" + pool + "\" on this node; there are " + ledgers.keySet());
        }
        return ledger;
    }

    /** The session of an incarnation is lost. */
    void sessionLost(String incarnation) {
        watched.stream().filter(each -> each.incarnation().equals(incarnation)).forEach(each -> each.pool()
                .sessionLost(setting.onSessionLost()));
    }

    // On the loop.

    List<NodeReport.Pool> reports() {
        List<NodeReport.Pool> reports = new ArrayList<>();
        for (PoolOptions pool : setting.pools()) {
            PoolStats stats = watched.stream()
                    .filter(each -> pools.containsValue(each.pool()))
                    .map(Watched::stats)
                    .filter(running -> running.name().equals(pool.name()))
                    .findFirst()
                    .orElseGet(() -> ledger(pool.name()).idle(pool.concurrency()));
            reports.add(
                    new NodeReport.Pool(pool.name(), pool.queues(), pool.order().weights(), pool.concurrency(), stats));
        }
        return reports;
    }

    /** Whether nobody campaigns, so that each pool reserves for itself. C7 */
    void leaderless(boolean now) {
        leaderless = now;
        desks.forEach(desk -> desk.reserve(reserves()));
    }

    /**
     * Pools go to work for an incarnation. {@code hungry} is called with the name of one that has free slots and nothing to run;
     * {@code buried} when the store says that the incarnation is over.
     */
    void begin(String incarnation, Consumer<String> hungry, Runnable buried) {
        desks.clear();
        pools = new LinkedHashMap<>();
        List<Watched> atWork = new ArrayList<>();
        for (PoolOptions options : setting.pools()) {
            WorkerPool pool = new WorkerPool(poolSetting(options, incarnation, hungry, buried));
            pools.put(options.name(), pool);
            atWork.add(new Watched(
                    incarnation, pool, new PoolHealth(cluster.session().effectiveTtl())));
        }
        watched = List.copyOf(atWork);
        pools.values().forEach(WorkerPool::start);
    }

    void pause() {
        pools.values().forEach(WorkerPool::pause);
    }

    void resume() {
        pools.values().forEach(WorkerPool::resume);
    }

    /** The incarnation is over. */
    void stop(OnSessionLost choice) {
        pools.values().forEach(pool -> pool.sessionLost(choice));
        formerPools.forEach(WorkerPool::close);
        formerPools.clear();
        formerPools.addAll(pools.values());
        pools = new LinkedHashMap<>();
    }

    /** Ends all pools within {@code grace}; calls {@code ended} when all have. */
    void drain(Duration grace, Runnable ended) {
        List<WorkerPool> ending = List.copyOf(pools.values());
        AtomicInteger left = new AtomicInteger(ending.size());
        Runnable one = () -> {
            if (left.decrementAndGet() <= 0) {
                ended.run();
            }
        };
        ending.forEach(pool -> pool.drain(grace, one));
        if (ending.isEmpty()) {
            one.run();
        }
    }

    /** What a pool's own loop cannot say: that it stands still, or hears nothing of the store. Answers the status of each. */
    List<PoolStats.Status> look() {
        for (Watched each : watched) {
            each.health()
                    .look(
                            each.pool().turns(),
                            each.pool().storeSilentSinceNanos(),
                            timeline.ticker().nanos());
        }
        return stats().stream().map(PoolStats::status).toList();
    }

    @Override
    public void close() {
        watched.forEach(each -> each.pool().close());
        formerPools.forEach(WorkerPool::close);
    }

    /** Listeners are told no more. */
    void closeLedgers() {
        ledgers.values().forEach(Ledger::close);
    }

    private PoolSetting poolSetting(PoolOptions options, String incarnation, Consumer<String> hungry, Runnable buried) {
        ReservingDesk desk = new ReservingDesk(
                name(), setting.store(), options, setting.types().handled(), timeline);
        desk.reserve(reserves());
        desks.add(desk);
        BooleanSupplier mayStart = () ->
                cluster.session().isActive() && cluster.self().incarnation().equals(incarnation);
        return new PoolSetting(
                options,
                name(),
                incarnation,
                desk,
                setting.types(),
                setting.slots(),
                ledger(options.name()),
                timeline,
                () -> reserves() || QUIET_BACKSTOP.compareTo(options.backstop()) < 0
                        ? options.backstop()
                        : QUIET_BACKSTOP,
                mayStart,
                () -> hungry.accept(options.name()),
                buried);
    }

    private boolean reserves() {
        return leaderless || setting.assignment() == NodeSetting.Assignment.BY_ITSELF;
    }

    private String name() {
        return cluster.options().nodeId();
    }
}
