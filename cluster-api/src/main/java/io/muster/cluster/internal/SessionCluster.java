package io.muster.cluster.internal;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.Leader;
import io.muster.cluster.LeaderListener;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.Lease;
import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.LeaseToken;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.MembershipListener;
import io.muster.cluster.MessageListener;
import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.Registration;
import io.muster.cluster.SessionListener;
import io.muster.cluster.SessionStatus;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Wires the recipes of one process onto its session. */
public final class SessionCluster implements Cluster {
    private static final Duration CLOSING_STEP = Duration.ofMillis(700);
    private static final Duration CLOSING_REST = Duration.ofMillis(2_500);

    private final Backend backend;
    private final ClusterOptions options;
    private final Timeline timeline;
    private final SessionKeeper keeper;
    private final Membership membership;
    private final Locks locks;
    private final Leases leases;
    private final Elections elections;
    private final Broadcasts broadcasts;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SessionCluster(Backend backend, ClusterOptions options) {
        this.backend = backend;
        this.options = options;
        this.timeline = options.timeline();
        this.keeper = new SessionKeeper(backend, options);
        this.elections = new Elections(backend, keeper, timeline, options.callTimeout());
        this.locks = new Locks(backend, keeper, timeline, options.callTimeout());
        this.membership = new Membership(backend, keeper, timeline, options.callTimeout());
        this.leases = new Leases(backend, this::self, timeline, options.callTimeout());
        this.broadcasts = new Broadcasts(backend, keeper, timeline);
    }

    /**
     * Opens the first session and returns. The cluster closes the backend; if this throws, the caller does.
     *
     * @throws io.muster.cluster.ClusterException the coordinator did not grant a session within the call timeout
     */
    public static Cluster start(Backend backend, ClusterOptions options) {
        SessionCluster cluster = new SessionCluster(backend, options);
        cluster.keeper.start(List.of(cluster.elections, cluster.locks, cluster.membership));
        return cluster;
    }

    @Override
    public NodeId self() {
        return keeper.current().node();
    }

    @Override
    public Capabilities capabilities() {
        return backend.capabilities();
    }

    @Override
    public SessionStatus session() {
        return keeper.status();
    }

    @Override
    public Subscription onSession(SessionListener listener) {
        return open().keeper.onSession(listener);
    }

    @Override
    public void register(Registration registration) {
        open().membership.register(registration);
    }

    @Override
    public void publish(NodeStatus status, Map<String, String> metadata) {
        open().membership.publish(status, metadata);
    }

    @Override
    public void unregister() {
        open().membership.unregister();
    }

    @Override
    public List<Node> nodes() {
        return open().membership.nodes(deadline());
    }

    @Override
    public Subscription onMembership(MembershipListener listener) {
        return open().membership.onMembership(listener);
    }

    @Override
    public LockAttempt tryLock(String key, Duration ttl) {
        return open().locks.tryLock(key, ttl);
    }

    @Override
    public LockAttempt awaitLock(String key, Duration ttl, Duration wait) {
        return open().locks.awaitLock(key, ttl, wait);
    }

    @Override
    public Optional<NodeId> lockHolder(String key) {
        return open().locks.holder(key);
    }

    @Override
    public LeaseAttempt tryLease(String key, Duration ttl, String note) {
        return open().leases.tryLease(key, ttl, note);
    }

    @Override
    public Lease lease(LeaseToken token) {
        return open().leases.lease(token);
    }

    @Override
    public Candidacy campaign(String group, LeadershipListener listener) {
        return open().elections.campaign(group, listener);
    }

    @Override
    public Optional<Leader> leader(String group) {
        return open().elections.leader(group, deadline());
    }

    @Override
    public Subscription onLeader(String group, LeaderListener listener) {
        return open().elections.onLeader(group, listener);
    }

    @Override
    public void broadcast(String channel, byte[] message) {
        open().broadcasts.broadcast(channel, message, deadline());
    }

    @Override
    public Subscription subscribe(String channel, MessageListener listener) {
        return open().broadcasts.subscribe(channel, listener);
    }

    @Override
    public void rejoin() {
        open().keeper.rejoin();
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public ClusterOptions options() {
        return options;
    }

    /** Listeners hear that it is over first, then the coordinator; what does not answer is left to expire. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        elections.close();
        locks.close();
        membership.close(step());
        keeper.close(step());
        List<Runnable> rest = new ArrayList<>();
        rest.add(backend::close);
        for (List<Loop> loops : List.of(elections.loops(), locks.loops(), membership.loops(), keeper.loops())) {
            loops.forEach(loop -> rest.add(loop::close));
        }
        List<CompletableFuture<@Nullable Void>> ended = new ArrayList<>();
        for (Runnable part : rest) {
            CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
            ended.add(end);
            timeline.start("muster-" + options.nodeId() + "-closing", () -> {
                try {
                    part.run();
                } finally {
                    end.complete(null);
                }
            });
        }
        timeline.await(
                CompletableFuture.allOf(ended.toArray(CompletableFuture<?>[]::new)),
                Deadline.after(CLOSING_REST, timeline.ticker()));
    }

    @Override
    public String toString() {
        return "Cluster[" + self() + "]";
    }

    private SessionCluster open() {
        if (closed.get()) {
            throw new IllegalStateException("This cluster object is closed");
        }
        return this;
    }

    private Deadline deadline() {
        return Deadline.after(options.callTimeout(), timeline.ticker());
    }

    private Deadline step() {
        return Deadline.after(CLOSING_STEP, timeline.ticker());
    }
}
