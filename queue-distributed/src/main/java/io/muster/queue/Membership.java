package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.MessageListener;
import io.muster.cluster.NodeId;
import io.muster.cluster.Subscription;
import io.muster.cluster.Term;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.distribution.Distributor;
import io.muster.queue.distribution.Distributor.DistributorSetting;
import io.muster.queue.job.JobTypes;
import io.muster.queue.node.NodeLife;
import io.muster.queue.node.NodeSetting;
import io.muster.queue.node.Seats;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.worker.NodeSlots;
import io.muster.queue.worker.PoolListener;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolStats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
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
    private final NodeLife life;
    private final Distributor distributor;
    private final Loop wakes;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Optional<Candidate> candidate;
    private final Set<String> hungryPools = new TreeSet<>();
    private boolean hungryPaced;
    private boolean closed;

    Membership(QueueBuilder builder, Cluster cluster, JobStore store, JobTypes types) {
        this.settings = builder.settings();
        this.cluster = cluster;
        this.timeline = builder.timeline();
        String node = cluster.options().nodeId();
        this.wakes = timeline.loop(node + "-wakes");
        List<PoolOptions> pools = builder.pools();
        warnIfLimited(pools);
        boolean distributes = settings.jobDistribution() == QueueSettings.JobDistribution.ENABLED;
        this.life = new NodeLife(
                new NodeSetting(
                        cluster,
                        store,
                        types,
                        pools,
                        builder.registration(),
                        new NodeSlots(Math.max(settings.maxConcurrency(), 1)),
                        distributes ? NodeSetting.Assignment.BY_LEADER : NodeSetting.Assignment.BY_ITSELF,
                        settings.onSessionLost(),
                        settings.heartbeatInterval()),
                pool -> wakes.post(() -> hungry(pool)),
                this::storeSilent);
        this.distributor = new Distributor(new DistributorSetting(
                node,
                Queue.GROUP,
                store,
                timeline,
                this::liveIncarnations,
                cluster.session().effectiveTtl(),
                this::resign,
                this::storeSilent,
                entries -> relay(store, entries),
                settings.retention(),
                distributes,
                settings.unservedAfter()));
        this.candidate = settings.leaderElection() == QueueSettings.LeaderElection.ENABLED
                ? Optional.of(new Candidate(cluster, store, Queue.GROUP, new Leading()))
                : Optional.empty();
    }

    /** Registers, campaigns, and waits for a first leader as long as the settings say. */
    void start() {
        life.start();
        subscriptions.add(FigureRequests.answer(cluster, life::publishSoon));
        subscriptions.add(cluster.onMembership(nodes -> distributor.members(
                nodes.stream().map(node -> node.id().incarnation()).collect(Collectors.toUnmodifiableSet()),
                Seats.of(nodes))));
        CompletableFuture<Void> led = new CompletableFuture<>();
        subscriptions.add(cluster.onLeader(Queue.GROUP, leader -> leader.ifPresent(now -> led.complete(null))));
        if (candidate.isPresent()) {
            subscriptions.add(cluster.subscribe(HUNGRY, new HungryListener()));
            candidate.ifPresent(Candidate::campaign);
        }
        if (!timeline.await(led, Deadline.after(settings.electionTimeout(), timeline.ticker()))) {
            LOG.warn(
                    "No leader after {}: nothing is assigned and no chores are done until a node with leader election"
                            + " joins group={}",
                    settings.electionTimeout(),
                    Queue.GROUP);
        }
    }

    boolean leads() {
        return candidate.map(Candidate::leads).orElse(false);
    }

    List<PoolStats> pools() {
        return life.pools();
    }

    Subscription listen(String pool, PoolListener listener) {
        return life.ledger(pool).listen(listener);
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
        candidate.ifPresent(Candidate::close);
        CompletableFuture<Void> drained = life.drain(settings.shutdownGrace());
        timeline.await(drained, Deadline.after(settings.shutdownGrace().plusSeconds(4), timeline.ticker()));
        abandon();
    }

    /** Ends everything at once. */
    void abandon() {
        candidate.ifPresent(Candidate::close);
        subscriptions.forEach(Subscription::close);
        distributor.close();
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

    private void resign() {
        candidate.ifPresent(Candidate::resign);
    }

    private void storeSilent() {
        candidate.ifPresent(Candidate::withdraw);
    }

    private void relay(JobStore store, List<OutboxEntry> entries) {
        store.intake().push(entries.stream().map(OutboxEntry::job).toList());
    }

    /** A pool has free slots and nothing to run: tell the leader, at most once per pace; at once if that is this process. */
    private void hungry(String pool) {
        if (leads()) {
            distributor.hungry(cluster.self().incarnation(), Set.of(pool));
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
            distributor.hungry(sender.incarnation(), Set.of(new String(message, StandardCharsets.UTF_8).split("\n")));
        }

        @Override
        public void onGap() {
            distributor.wake();
        }
    }

    /** This node's leadership, passed to the distributor. */
    private final class Leading implements LeadershipListener {
        @Override
        public void gained(Term term) {
            distributor.gained(term);
        }

        @Override
        public void lost(Term term) {
            distributor.lost(term);
        }
    }
}
