package io.muster.queue.node;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.cluster.SessionStatus;
import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.StoreException;
import io.muster.queue.worker.Ledger;
import io.muster.queue.worker.OnSessionLost;
import io.muster.queue.worker.PoolHealth;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolStats;
import io.muster.queue.worker.RunningJob;
import io.muster.queue.worker.WorkerPool.PausedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's life as a node, over all its incarnations.
 *
 * <pre>
 *  registered ─seen in the membership─▶ admitted by the store ─▶ pools at work
 *      ▲                                                            │ session lost, or buried
 *      └──────────── new session, new incarnation ◀─────────────────┘
 * </pre>
 *
 * <p>The order matters: registered before admitted, so that a leader which finds an admitted incarnation missing from the
 * membership may conclude that it is gone. All state belongs to one loop.
 */
public final class NodeLife implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLife.class);
    private static final Duration ADMIT_AGAIN = Duration.ofMillis(500);
    private static final Duration PUBLISH_PACE = Duration.ofMillis(30);
    private static final int MOST_BEATS_PER_REPETITION = 60;
    private static final int SIGNS_UNTIL_RECLAIM = 3;

    private final NodeSetting setting;
    private final Cluster cluster;
    private final Timeline timeline;
    private final Loop loop;
    private final Consumer<String> hungry;
    private final Runnable storeSilent;
    private final Pools pools;
    private final Orders orders;
    private Orders.Standing standing = Orders.Standing.NONE;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private Optional<String> working = Optional.empty();
    private Optional<String> survivorOf = Optional.empty();

    /** The incarnation that the store is asked soon to admit, once more; nobody else asks it then. */
    private Optional<String> askedAgain = Optional.empty();

    private Optional<String> buried = Optional.empty();
    private Optional<String> lost = Optional.empty();
    private boolean leaderless;
    private NodeStatus status = NodeStatus.ONLINE;
    private boolean publishScheduled;
    private Optional<Saying> published = Optional.empty();
    private final int beatsPerRepetition;
    private int unchangedBeats;
    private List<PoolStats.Status> told = List.of();

    /** What a node publishes of itself. */
    private record Saying(NodeStatus status, Map<String, String> metadata) {}

    /**
     * {@code hungry} is called with the name of a pool that has free slots and nothing to run, {@code storeSilent} once the store has
     * not answered this node for a TTL.
     */
    public NodeLife(NodeSetting setting, Consumer<String> hungry, Runnable storeSilent) {
        this.setting = setting;
        this.cluster = setting.cluster();
        this.timeline = cluster.options().timeline();
        this.hungry = hungry;
        this.storeSilent = storeSilent;
        this.loop = timeline.loop(name() + "-life");
        this.pools = new Pools(setting, loop, this::publishSoon);
        this.orders = new Orders(cluster);
        long beats = setting.reclaimAfter().dividedBy(SIGNS_UNTIL_RECLAIM).dividedBy(setting.heartbeat());
        this.beatsPerRepetition = (int) Math.max(1, Math.min(MOST_BEATS_PER_REPETITION, beats));
    }

    /** Registers and begins to work once the store has admitted this incarnation. Call once. */
    public void start() {
        standing = orders.read(); // A restart signal before this moment is not for this process.
        cluster.register(registration());
        subscriptions.add(cluster.onSession(this::heard));
        subscriptions.add(cluster.onMembership(nodes -> loop.post(() -> members(nodes))));
        subscriptions.add(orders.watch(heard -> loop.post(() -> obey(heard))));
        loop.schedule(setting.heartbeat(), this::heartbeat);
        loop.schedule(PoolHealth.PACE, this::lookAtPools);
    }

    /** What the pools are doing, as far as this process knows: at once, from memory. */
    public List<PoolStats> pools() {
        return pools.stats();
    }

    /** What runs on this node at this moment. */
    public List<RunningJob> runningJobs() {
        return pools.runningJobs();
    }

    /** The pool's figures and listeners. */
    public Ledger ledger(String pool) {
        return pools.ledger(pool);
    }

    /** The pool's options as they are now. */
    public PoolOptions options(String pool) {
        return pools.options(pool);
    }

    /** Changes a pool's options at run time. */
    public void change(String pool, UnaryOperator<PoolOptions> change) {
        pools.change(pool, change);
    }

    /** Ends when every pool has ended by its own limits. */
    public CompletableFuture<Void> poolsEnded() {
        return pools.allEnded();
    }

    /** Publishes this node's figures before the next heartbeat; many calls at once are one. */
    public void publishSoon() {
        loop.post(() -> {
            if (!publishScheduled) {
                publishScheduled = true;
                loop.schedule(PUBLISH_PACE, () -> {
                    publishScheduled = false;
                    publish();
                });
            }
        });
    }

    /** Takes nothing more on this node until {@link #resume}. */
    public void pause() {
        loop.post(() -> {
            status = NodeStatus.PAUSED;
            pools.pause(PausedBy.NODE);
            publish();
        });
    }

    public void resume() {
        loop.post(() -> {
            status = NodeStatus.ONLINE;
            pools.resume(PausedBy.NODE);
            publish();
        });
    }

    /** Ends all pools within {@code grace}, gives back what did not run, and leaves the store. The future ends when that is done. */
    public CompletableFuture<Void> drain(Duration grace) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        loop.post(() -> {
            status = NodeStatus.DRAINING;
            publish();
            pools.drain(
                    grace,
                    () -> loop.post(() -> {
                        leave();
                        drained.complete(null);
                    }));
        });
        return drained;
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        pools.close();
        loop.close();
        pools.closeLedgers();
    }

    private String name() {
        return cluster.options().nodeId();
    }

    private Registration registration() {
        Registration given = setting.registration();
        Set<String> queues = new LinkedHashSet<>();
        setting.pools().forEach(pool -> queues.addAll(pool.queues()));
        return new Registration(
                given.address(),
                given.port(),
                given.labels(),
                report().metadata(),
                setting.types().handled(),
                queues);
    }

    private NodeReport report() {
        return new NodeReport(
                pools.reports(),
                setting.groups(),
                Optional.of(setting.reclaimAfter()),
                Optional.of(setting.slots().total()),
                pools.progress(),
                setting.held().get());
    }

    /** The pools hear of a loss at once: the loop may be waiting for the coordinator that is lost. */
    private void heard(NodeId node, SessionStatus session) {
        if (session.state() == SessionStatus.State.LOST) {
            pools.sessionLost(node.incarnation());
        }
        loop.post(() -> session(node, session));
    }

    private void session(NodeId node, SessionStatus session) {
        if (session.state() != SessionStatus.State.LOST) {
            return;
        }
        lost = Optional.of(node.incarnation());
        if (working.equals(lost)) {
            LOG.warn(
                    "Session lost; its jobs will run elsewhere node={} running-handlers={}",
                    node,
                    setting.onSessionLost());
            stopWorking(setting.onSessionLost());
        }
    }

    private void members(List<Node> nodes) {
        lookForCampaigners(nodes);
        NodeId self = cluster.self();
        boolean listed = nodes.stream().anyMatch(node -> node.id().equals(self));
        boolean waits = askedAgain.equals(Optional.of(self.incarnation()));
        if (listed && !waits && !working.equals(Optional.of(self.incarnation())) && status != NodeStatus.DRAINING) {
            admit(self);
        }
    }

    /** Where nobody campaigns nobody assigns: each node reserves for itself then, as without distribution. C7 */
    private void lookForCampaigners(List<Node> nodes) {
        boolean nobody = !nodes.isEmpty() && nodes.stream().noneMatch(NodeReport::takesPartInElections);
        if (nobody == leaderless) {
            return;
        }
        leaderless = nobody;
        if (nobody) {
            LOG.warn(
                    "No node takes part in elections: nodes reserve jobs for themselves, and chores wait (reclaim, pruning)."
                            + " Set muster.enable-leader-election=true on one of them node={}",
                    name());
        } else {
            LOG.info("A node takes part in elections: its leader assigns from now on node={}", name());
        }
        pools.leaderless(nobody);
    }

    private void admit(NodeId self) {
        Optional<String> candidate = Optional.of(self.incarnation());
        if (lost.equals(candidate) || buried.equals(candidate) || working.equals(candidate)) {
            return;
        }
        if (working.isPresent()) {
            stopWorking(setting.onSessionLost());
        }
        try {
            obey(orders.read()); // Before anything begins: what was ordered while this node was away.
            IncarnationRecord record = IncarnationRecord.admitted(
                    self.incarnation(), self.name(), timeline.clock().instant());
            setting.store().nodes().admit(record, survivorOf);
        } catch (IncarnationBuriedException e) {
            rejoin(self.incarnation());
            return;
        } catch (StoreException | ClusterException e) {
            LOG.warn(
                    "Store or coordinator does not admit this node yet; trying again node={} reason={}",
                    self,
                    e.toString());
            askedAgain = candidate;
            loop.schedule(ADMIT_AGAIN, () -> admitIfCurrent(self));
            return;
        }
        work(self.incarnation());
    }

    /** What operators ordered, as far as it is new. K4, K6 */
    private void obey(Orders.Standing heard) {
        Orders.Standing before = standing;
        standing = before.and(heard);
        if (!standing.maintenance().equals(before.maintenance())) {
            LOG.info("Maintenance is now {} node={}", standing.maintenance(), name());
        }
        if (standing.maintenance().isPresent()) {
            pools.pause(PausedBy.MAINTENANCE);
        } else {
            pools.resume(PausedBy.MAINTENANCE);
        }
        if (standing.restart() > before.restart()) {
            LOG.info("Told to restart its pools node={}", name());
            pools.restart();
        }
        if (!standing.equals(before)) {
            publishSoon();
        }
    }

    private void admitIfCurrent(NodeId self) {
        if (askedAgain.equals(Optional.of(self.incarnation()))) {
            askedAgain = Optional.empty();
        }
        if (self.equals(cluster.self()) && status != NodeStatus.DRAINING) {
            admit(self);
        }
    }

    private void work(String incarnation) {
        working = Optional.of(incarnation);
        survivorOf = Optional.empty();
        pools.begin(new Pools.Work(incarnation, hungry, () -> loop.post(() -> rejoin(incarnation))));
        LOG.info(
                "Works node={} incarnation={} pools={}",
                name(),
                incarnation,
                setting.pools().stream().map(PoolOptions::name).toList());
        publish();
        setting.pools().forEach(pool -> hungry.accept(pool.name()));
    }

    private void rejoin(String incarnation) {
        boolean overAlready = !cluster.self().incarnation().equals(incarnation);
        if (overAlready || buried.equals(Optional.of(incarnation))) {
            return;
        }
        LOG.warn(
                "The store has buried this incarnation; joining as a new one node={} incarnation={}",
                name(),
                incarnation);
        buried = Optional.of(incarnation);
        stopWorking(OnSessionLost.INTERRUPT);
        cluster.rejoin();
    }

    private void stopWorking(OnSessionLost choice) {
        survivorOf = working.or(() -> survivorOf);
        working = Optional.empty();
        pools.stop(choice);
    }

    private void leave() {
        working.ifPresent(incarnation -> {
            try {
                setting.store().nodes().leave(incarnation);
            } catch (StoreException e) {
                LOG.warn(
                        "Could not leave the store; the leader takes back what is left node={} reason={}",
                        name(),
                        e.toString());
            }
        });
        working = Optional.empty();
    }

    /** What a pool's own loop cannot say: that it stands still, or hears nothing of the store. Told to all at once. */
    private void lookAtPools() {
        List<PoolStats.Status> now = pools.look();
        if (!now.equals(told)) {
            told = now;
            LOG.info("Pools of this node are now {} node={}", now, name());
            publish();
        }
        if (now.contains(PoolStats.Status.STORE_SILENT)) {
            storeSilent.run();
        }
        loop.schedule(PoolHealth.PACE, this::lookAtPools);
    }

    /** Every node reads what one publishes: a node with nothing new to say spares them most of it. */
    private void heartbeat() {
        unchangedBeats++;
        if (unchangedBeats >= beatsPerRepetition || !published.equals(Optional.of(saying()))) {
            publish();
        }
        loop.schedule(setting.heartbeat(), this::heartbeat);
    }

    private Saying saying() {
        return new Saying(status, report().metadata());
    }

    private void publish() {
        Saying saying = saying();
        published = Optional.empty();
        unchangedBeats = 0;
        try {
            cluster.publish(saying.status(), saying.metadata());
            published = Optional.of(saying);
        } catch (ClusterException e) {
            LOG.debug("Heartbeat not published; the next one will say it all node={} reason={}", name(), e.toString());
        }
    }
}
