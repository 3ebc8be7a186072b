package io.muster.cluster;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.Capabilities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process's place in a cluster: who else is there, who leads, and who may touch what. Backed by the coordinator that the
 * team already runs; the promises are the same on all of them, the numbers in which they differ are
 * {@link #capabilities()}.
 *
 * <pre>{@code
 * try (Cluster cluster = Cluster.open("etcd://localhost:2379", ClusterOptions.named("shop"))) {
 *     cluster.register(Registration.of("10.0.0.7", 8080));
 *     cluster.campaign("billing", listener);
 * }
 * }</pre>
 *
 * <p>Everything here hangs on one {@linkplain #session session}. When it is lost, locks, membership and leadership of this
 * process are gone; the cluster then opens a new session by itself, a new {@linkplain NodeId incarnation}, registers and
 * campaigns again. Calls never outlast {@link ClusterOptions#callTimeout()}, also if the coordinator is frozen. Expected
 * outcomes are values; see {@link ClusterException} for the rest. Thread-safe.
 */
public interface Cluster extends AutoCloseable {
    /** Connects as the URI says; backends are found by scheme on the class path. Returns once a session is open. */
    static Cluster open(String uri, ClusterOptions options) {
        return ClusterOpening.open(uri, options);
    }

    /** Connects with a typed config. Returns once a session is open. */
    static Cluster open(BackendConfig config, ClusterOptions options) {
        return ClusterOpening.open(config, options);
    }

    /** Who this process is now. Changes with every new session. */
    NodeId self();

    Capabilities capabilities();

    /** State of the session on which everything hangs, judged at this moment by the monotonic clock. */
    SessionStatus session();

    /** Called with every change of the session's state, the present one first. C12 */
    Subscription onSession(SessionListener listener);

    /**
     * Makes this node visible to all, and keeps doing so over new sessions, until {@link #unregister}. Registering again
     * replaces the previous registration. If another live process holds this node id, waits up to the session's TTL for it
     * to go (it may be this node's own previous life). C1
     *
     * @throws ClusterConfigurationException another process with this node id stays alive
     */
    void register(Registration registration);

    /** Publishes new metadata and status of the registered node; at most once, lost updates are caught up by the next. */
    void publish(NodeStatus status, Map<String, String> metadata);

    /** Takes this node off the list at once. Does nothing if it is not registered. */
    void unregister();

    /** All registered nodes as the coordinator knows them now, a linearizable read, ordered by node id. C1 */
    List<Node> nodes();

    /** Calls with the whole membership first, then whenever it changed, and again after every gap. C1 */
    Subscription onMembership(MembershipListener listener);

    /**
     * Takes the lock if it is free. Held until released, until {@code ttl} passed without {@link Lock#renew} (enforced by this node, or
     * by the end of its session if it cannot), or until the session is lost. Not re-entrant. C2
     */
    LockAttempt tryLock(String key, Duration ttl);

    /** As {@link #tryLock(String, Duration)}, for {@link ClusterOptions#lockTtl()}. C2 */
    default LockAttempt tryLock(String key) {
        return tryLock(key, options().lockTtl());
    }

    /** As {@link #tryLock(String, Duration)}, and if busy waits for its release up to {@code wait}. The result is never earlier knowledge than the end of the wait. */
    LockAttempt awaitLock(String key, Duration ttl, Duration wait);

    /** Who holds the lock now, by a linearizable read; empty if it is free. For people: it may be over a moment later. C2 */
    Optional<NodeId> lockHolder(String key);

    /**
     * Takes a lease: like a lock, but it ends by its TTL only, outlives this process, and whoever has its token may renew or
     * release it. TTLs are kept within the bounds that {@link Lease#effectiveTtl()} and the backend's documentation state. C3
     */
    default LeaseAttempt tryLease(String key, Duration ttl) {
        return tryLease(key, ttl, "");
    }

    /**
     * As {@link #tryLease(String, Duration)}, with a note for those who find it busy: who it is for, say. No secret.
     *
     * @param note at most 250 characters
     */
    LeaseAttempt tryLease(String key, Duration ttl, String note);

    /** A lease that was handed to this node by its token. Nothing is checked before {@link Lease#renew}. C3 */
    Lease lease(LeaseToken token);

    /**
     * Takes part in the election of {@code group} until the candidacy is closed, over new sessions too. One candidacy per
     * group and cluster object. C4
     */
    Candidacy campaign(String group, LeadershipListener listener);

    /** Who leads now, by a linearizable read. C4 */
    Optional<Leader> leader(String group);

    /** Calls with the present leader first, then whenever it changed. Intermediate leaders may be skipped. C4 */
    Subscription onLeader(String group, LeaderListener listener);

    /** Sends to every other node subscribed to the channel, at most once, at most 8 KiB. Not to the sender itself. C5 */
    void broadcast(String channel, byte[] message);

    /** Receives broadcasts of others, in order per sender. C5 */
    Subscription subscribe(String channel, MessageListener listener);

    /**
     * Gives this session up, as if it had been lost, and begins another with a new incarnation: for a process that was declared
     * dead by somebody else's record. Returns at once.
     */
    void rejoin();

    /** The primitives beneath, for stores that keep jobs in the coordinator. Not for applications. */
    Backend backend();

    /** The options this cluster was opened with. */
    ClusterOptions options();

    /** Resigns, releases, unregisters, ends the session and disconnects, within five seconds. Idempotent. */
    @Override
    void close();
}
