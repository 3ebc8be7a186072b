package io.muster.queue.node;

import io.muster.cluster.Cluster;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.worker.Ledger;
import io.muster.queue.worker.LiveOptions;
import io.muster.queue.worker.OnSessionLost;
import io.muster.queue.worker.PoolHealth;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolSetting;
import io.muster.queue.worker.PoolStats;
import io.muster.queue.worker.RunningJob;
import io.muster.queue.worker.Stint;
import io.muster.queue.worker.WorkerPool;
import io.muster.queue.worker.WorkerPool.PausedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The pools of a node: those at work for its present incarnation, and those of the former one that still end. Belongs to the loop of
 * {@link NodeLife}, but for what is shown of it.
 */
final class Pools implements AutoCloseable {
    private static final int SLEEPS_IN_QUIET = 5;
    private static final Duration RAREST_BACKSTOP = Duration.ofSeconds(15);

    private final NodeSetting setting;
    private final Cluster cluster;
    private final Timeline timeline;
    private final Runnable changed;
    private final Loop loop;
    private final Map<String, Ledger> ledgers = new LinkedHashMap<>();
    private final Map<String, LiveOptions> live = new LinkedHashMap<>();
    private final Map<String, Stint> stints = new HashMap<>();
    private final Set<PausedBy> reasons = EnumSet.noneOf(PausedBy.class);
    private final CompletableFuture<Void> allEnded = new CompletableFuture<>();
    private final List<WorkerPool> formerPools = new ArrayList<>();
    private final Map<String, ReservingDesk> desks = new HashMap<>();
    private Map<String, WorkerPool> pools = new LinkedHashMap<>();
    private Optional<Work> present = Optional.empty();
    private volatile List<Watched> watched = List.of();
    private volatile boolean leaderless;

    /** A pool at work for an incarnation, and what the node thinks of it. */
    private record Watched(String incarnation, WorkerPool pool, PoolHealth health) {
        PoolStats stats() {
            return health.of(pool.stats());
        }
    }

    /** {@code changed} is called on the loop when a pool has ended, or was built anew. */
    Pools(NodeSetting setting, Loop loop, Runnable changed) {
        this.setting = setting;
        this.loop = loop;
        this.changed = changed;
        this.cluster = setting.cluster();
        this.timeline = cluster.options().timeline();
        for (PoolOptions pool : setting.pools()) {
            ledgers.put(pool.name(), new Ledger(name(), pool.name(), timeline, setting.watch()));
            live.put(pool.name(), new LiveOptions(pool));
            stints.put(pool.name(), stint(pool));
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

    /** How far the jobs are that run on this node and say something of it. J8 */
    Map<String, Integer> progress() {
        return runningJobs().stream()
                .filter(job -> job.progress() > 0)
                .limit(NodeReport.MOST_PROGRESS)
                .collect(Collectors.toMap(RunningJob::jobId, RunningJob::progress, Math::max));
    }

    /** The pool's figures and listeners. */
    Ledger ledger(String pool) {
        Ledger ledger = ledgers.get(pool);
        if (ledger == null) {
            throw new IllegalArgumentException("No pool \"" + pool + "\" on this node; there are " + ledgers.keySet());
        }
        return ledger;
    }

    /** The pool's options as they are now. */
    PoolOptions options(String pool) {
        return known(pool).get();
    }

    /** Changes a pool's options at run time. */
    void change(String pool, UnaryOperator<PoolOptions> change) {
        known(pool).change(change);
        loop.post(() -> {
            WorkerPool atWork = pools.get(pool);
            if (atWork != null) {
                atWork.optionsChanged();
            }
            changed.run();
        });
    }

    private LiveOptions known(String pool) {
        LiveOptions options = live.get(pool);
        if (options == null) {
            throw new IllegalArgumentException("No pool \"" + pool + "\" on this node; there are " + live.keySet());
        }
        return options;
    }

    /** Ends when every pool has ended by its own limits. */
    CompletableFuture<Void> allEnded() {
        return allEnded;
    }

    /** The session of an incarnation is lost. */
    void sessionLost(String incarnation) {
        watched.stream().filter(each -> each.incarnation().equals(incarnation)).forEach(each -> each.pool()
                .sessionLost(setting.onSessionLost()));
    }

    // On the loop.

    List<NodeReport.Pool> reports() {
        List<NodeReport.Pool> reports = new ArrayList<>();
        live.forEach((name, options) -> {
            PoolOptions pool = options.get();
            Stint stint = stints.get(name);
            PoolStats stats = watched.stream()
                    .filter(each -> pools.containsValue(each.pool()))
                    .map(Watched::stats)
                    .filter(running -> running.name().equals(name))
                    .findFirst()
                    .orElseGet(() ->
                            stint == null ? ledger(name).ended() : ledger(name).idle(pool.concurrency()));
            boolean reserves = stint != null && stint.counts();
            reports.add(new NodeReport.Pool(
                    name, pool.queues(), pool.order().weights(), pool.concurrency(), stats, reserves));
        });
        return reports;
    }

    /** Whether nobody campaigns, so that each pool reserves for itself. C7 */
    void leaderless(boolean now) {
        leaderless = now;
        desks.forEach((pool, desk) -> desk.reserve(reserves(pool)));
    }

    /**
     * Pools go to work for an incarnation, but for those that have ended. {@code hungry} is called with the name of one that has free slots
     * and nothing to run; {@code buried} when the store says that the incarnation is over.
     */
    void begin(Work work) {
        present = Optional.of(work);
        desks.clear();
        pools = new LinkedHashMap<>();
        watched = List.of();
        live.keySet().stream().filter(stints::containsKey).forEach(pool -> begin(pool, work));
    }

    /**
     * What pools work for.
     *
     * @param hungry called with the name of a pool that has free slots and nothing to run
     * @param buried called when the store says that the incarnation is over
     */
    record Work(String incarnation, Consumer<String> hungry, Runnable buried) {}

    private void begin(String name, Work work) {
        WorkerPool pool = new WorkerPool(poolSetting(name, work));
        pools.put(name, pool);
        List<Watched> more = new ArrayList<>(watched);
        more.add(new Watched(
                work.incarnation(), pool, new PoolHealth(cluster.session().effectiveTtl())));
        watched = List.copyOf(more);
        reasons.stream().filter(reason -> isPaused(name, reason)).forEach(pool::pause);
        pool.start();
    }

    private boolean isPaused(String pool, PausedBy reason) {
        return reason == PausedBy.NODE || !options(pool).is(PoolOptions.Trait.FORCE);
    }

    /** From now on, whatever is built, until it is resumed for the same reason. */
    void pause(PausedBy reason) {
        if (reasons.add(reason)) {
            pools.forEach((name, pool) -> {
                if (isPaused(name, reason)) {
                    pool.pause(reason);
                }
            });
        }
    }

    void resume(PausedBy reason) {
        if (reasons.remove(reason)) {
            pools.values().forEach(pool -> pool.resume(reason));
        }
    }

    /** All finish what runs, each of them is then built anew, or has ended, by setting. K4 */
    void restart() {
        List.copyOf(pools.entrySet()).forEach(each -> {
            String name = each.getKey();
            WorkerPool former = each.getValue();
            former.finish(() -> loop.post(() -> {
                if (pools.get(name) == former && stints.containsKey(name)) {
                    rebuild(name, former);
                }
            }));
        });
        if (pools.isEmpty()) { // Between two incarnations: there is nothing to finish.
            List.copyOf(stints.keySet()).forEach(this::restartUnbuilt);
        }
    }

    private void restartUnbuilt(String name) {
        if (setting.onRestart() == NodeSetting.OnRestart.END) {
            forget(name);
        } else {
            stints.put(name, stint(options(name)));
        }
    }

    private void rebuild(String name, WorkerPool former) {
        if (setting.onRestart() == NodeSetting.OnRestart.END) {
            ended(name, former);
            return;
        }
        drop(name, former);
        stints.put(name, stint(options(name)));
        present.ifPresent(work -> {
            begin(name, work);
            work.hungry().accept(name);
        });
        changed.run();
    }

    private void ended(String name, WorkerPool former) {
        if (pools.get(name) == former) {
            drop(name, former);
            forget(name);
            changed.run();
        }
    }

    private void forget(String name) {
        stints.remove(name);
        if (stints.isEmpty()) {
            allEnded.complete(null);
        }
    }

    private void drop(String name, WorkerPool former) {
        pools.remove(name);
        watched = watched.stream().filter(each -> each.pool() != former).toList();
        former.close();
    }

    private Stint stint(PoolOptions pool) {
        return new Stint(pool.limits(), timeline.ticker(), setting.heapBytes());
    }

    /** The incarnation is over. */
    void stop(OnSessionLost choice) {
        present = Optional.empty();
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

    private PoolSetting poolSetting(String name, Work work) {
        LiveOptions options = known(name);
        Stint stint = stints.computeIfAbsent(name, pool -> stint(options.get()));
        ReservingDesk desk = new ReservingDesk(
                name(), setting.store(), options, stint, setting.types().handled(), timeline);
        desks.put(name, desk);
        desk.reserve(reserves(name));
        BooleanSupplier mayStart = () ->
                cluster.session().isActive() && cluster.self().incarnation().equals(work.incarnation());
        return new PoolSetting(
                options,
                stint,
                name(),
                work.incarnation(),
                desk,
                setting.types(),
                setting.slots(),
                ledger(name),
                timeline,
                () -> stint.counts() || reserves()
                        ? options.get().sleep()
                        : quietBackstop(options.get().sleep()),
                mayStart,
                () -> work.hungry().accept(name),
                work.buried(),
                () -> loop.post(() -> {
                    WorkerPool atWork = pools.get(name);
                    if (atWork != null && stints.get(name) == stint) {
                        ended(name, atWork);
                    }
                }));
    }

    private static Duration quietBackstop(Duration sleep) {
        Duration seldom = sleep.multipliedBy(SLEEPS_IN_QUIET);
        Duration quiet = seldom.compareTo(RAREST_BACKSTOP) < 0 ? seldom : RAREST_BACKSTOP;
        return quiet.compareTo(sleep) > 0 ? quiet : sleep;
    }

    private boolean reserves(String pool) {
        Stint stint = stints.get(pool);
        return reserves() || (stint != null && stint.counts());
    }

    private boolean reserves() {
        return leaderless || setting.assignment() == NodeSetting.Assignment.BY_ITSELF;
    }

    private String name() {
        return cluster.options().nodeId();
    }
}
