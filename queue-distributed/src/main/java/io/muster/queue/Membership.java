package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.MessageListener;
import io.muster.cluster.NodeId;
import io.muster.cluster.Subscription;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.distribution.Distributor;
import io.muster.queue.distribution.Distributor.DistributorSetting;
import io.muster.queue.health.Watchman;
import io.muster.queue.job.JobTypes;
import io.muster.queue.node.NodeLife;
import io.muster.queue.node.NodeReport;
import io.muster.queue.node.NodeSetting;
import io.muster.queue.store.JobStore;
import io.muster.queue.worker.NodeSlots;
import io.muster.queue.worker.PoolListener;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolStats;
import io.muster.queue.worker.RunningJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires a process that is a node: its life, its candidacy, and what it does while it leads. */
final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final String HUNGRY = "muster-hungry";
    private static final Duration HUNGRY_PACE = Duration.ofMillis(50);

    private final QueueSettings settings;
    private final Cluster cluster;
    private final Timeline timeline;
    private final Relay relay;
    private final NodeLife life;
    private final Leaderships leaderships;
    private final ClusterEvents clusterEvents;
    private final Watchman watchman;
    private final Loop wakes;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Set<String> hungryPools = new TreeSet<>();
    private boolean hungryPaced;
    private boolean closed;

    Membership(QueueBuilder builder, Cluster cluster, JobStore store, JobTypes types) {
        this.settings = builder.settings();
        this.cluster = cluster;
        this.timeline = builder.timeline();
        String node = cluster.options().nodeId();
        this.wakes = timeline.loop(node + "-wakes");
        this.watchman = new Watchman(
                builder.connection(), settings.health(), store, builder.events(), () -> leads(Queue.GROUP), timeline);
        this.clusterEvents = new ClusterEvents(builder.connection(), builder.events());
        this.relay = new Relay(new Relay.Setting(
                node,
                builder.connection(),
                store,
                name -> builder.neighbours().pushing(name).filter(way -> !(way instanceof PushInCaller)),
                timeline,
                this::publishSoon,
                this::wake));
        List<PoolOptions> pools = builder.pools();
        warnIfLimited(pools);
        boolean distributes = settings.jobDistribution() == QueueSettings.JobDistribution.ENABLED;
        this.life = new NodeLife(
                new NodeSetting(
                        cluster,
                        store,
                        types,
                        pools,
                        new NodeReport.Groups(settings.groups().named(), campaigns()),
                        builder.registration(),
                        new NodeSlots(Math.max(settings.maxConcurrency(), 1)),
                        distributes ? NodeSetting.Assignment.BY_LEADER : NodeSetting.Assignment.BY_ITSELF,
                        settings.onSessionLost(),
                        settings.heartbeatInterval(),
                        new WorkerEvents(builder.connection(), builder.events()),
                        settings.reclaimAfter(),
                        builder.onRestart(),
                        builder.heapBytes(),
                        relay::held),
                pool -> wakes.post(() -> hungry(pool)),
                this::storeSilent);
        this.leaderships = new Leaderships(
                cluster, store, settings.groups().names(), group -> distributor(group, store, distributes));
    }

    private Distributor distributor(String group, JobStore store, boolean distributes) {
        return new Distributor(new DistributorSetting(
                cluster.options().nodeId(),
                group,
                settings.groups(),
                store,
                timeline,
                this::liveIncarnations,
                cluster.session().effectiveTtl(),
                () -> leaderships.resign(group),
                this::storeSilent,
                relay,
                settings.retention(),
                distributes,
                settings.unservedAfter()));
    }

    private boolean campaigns() {
        return settings.leaderElection() == QueueSettings.LeaderElection.ENABLED;
    }

    /** Registers, campaigns, and waits for a first leader as long as the settings say. */
    void start() {
        clusterEvents.watch(cluster, settings.groups().names());
        life.start();
        subscriptions.add(FigureRequests.answer(cluster, life::publishSoon));
        leaderships.watch();
        watchman.start();
        if (campaigns()) {
            subscriptions.add(cluster.subscribe(HUNGRY, new HungryListener()));
            leaderships.campaign();
        }
        Deadline patience = Deadline.after(settings.electionTimeout(), timeline.ticker());
        if (!timeline.await(leaderships.firstLeaders(), patience)) {
            LOG.warn(
                    "No leader after {}: nothing is assigned and no chores are done until a node with leader election"
                            + " joins groups={}",
                    settings.electionTimeout(),
                    leaderships.withoutLeader());
        }
    }

    boolean leads(String group) {
        return leaderships.leads(group);
    }

    List<PoolStats> pools() {
        return life.pools();
    }

    List<RunningJob> runningJobs() {
        return life.runningJobs();
    }

    Subscription listen(String pool, PoolListener listener) {
        return life.ledger(pool).listen(listener);
    }

    PoolOptions options(String pool) {
        return life.options(pool);
    }

    void change(String pool, UnaryOperator<PoolOptions> change) {
        PoolOptions changed = change.apply(life.options(pool));
        new Timeouts(settings.reclaimAfter()).check("pool \"" + pool + "\"", changed.timeout());
        life.change(pool, change);
    }

    CompletableFuture<Void> poolsEnded() {
        return life.poolsEnded();
    }

    void pause() {
        life.pause();
    }

    void resume() {
        life.resume();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        // First of all, so that a successor distributes what this node gives back while its handlers end.
        leaderships.withdraw();
        CompletableFuture<Void> drained = life.drain(settings.shutdownGrace());
        timeline.await(drained, Deadline.after(settings.shutdownGrace().plusSeconds(4), timeline.ticker()));
        abandon();
    }

    /** Ends everything at once. */
    void abandon() {
        watchman.close();
        leaderships.close();
        relay.close();
        clusterEvents.close();
        subscriptions.forEach(Subscription::close);
        life.close();
        wakes.close();
    }

    private void warnIfLimited(List<PoolOptions> pools) {
        int slots = pools.stream().mapToInt(PoolOptions::concurrency).sum();
        if (slots > settings.maxConcurrency()) {
            LOG.warn(
                    "Pools have {} slots, but muster.max-concurrency lets only {} handlers run at once on this node",
                    slots,
                    settings.maxConcurrency());
        }
    }

    private Set<String> liveIncarnations() {
        return cluster.nodes().stream().map(node -> node.id().incarnation()).collect(Collectors.toUnmodifiableSet());
    }

    private void publishSoon() {
        life.publishSoon();
    }

    private void wake() {
        leaderships.wake();
    }

    private void storeSilent() {
        leaderships.storeSilent();
    }

    /** A pool has free slots and nothing to run: tell the leaders, at most once per pace; at once what this process leads. */
    private void hungry(String pool) {
        leaderships.hungry(cluster.self().incarnation(), Set.of(pool));
        if (leaderships.leadsAll()) {
            return;
        }
        hungryPools.add(pool);
        if (!hungryPaced) {
            tellHungry();
        }
    }

    private void tellHungry() {
        hungryPaced = !hungryPools.isEmpty();
        if (!hungryPaced) {
            return;
        }
        wakes.schedule(HUNGRY_PACE, this::tellHungry);
        byte[] message = String.join("\n", hungryPools).getBytes(StandardCharsets.UTF_8);
        hungryPools.clear();
        try {
            cluster.broadcast(HUNGRY, message);
        } catch (ClusterException e) {
            LOG.debug("Could not tell the leader of free slots; it looks by itself soon reason={}", e.toString());
        }
    }

    /** Nodes say that they have free slots. */
    private final class HungryListener implements MessageListener {
        @Override
        public void onMessage(NodeId sender, byte[] message) {
            leaderships.hungry(sender.incarnation(), Set.of(new String(message, StandardCharsets.UTF_8).split("\n")));
        }

        @Override
        public void onGap() {
            leaderships.wake();
        }
    }
}
