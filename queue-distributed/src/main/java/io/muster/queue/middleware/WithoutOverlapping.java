package io.muster.queue.middleware;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.NodeId;
import io.muster.cluster.spi.Key;
import io.muster.queue.job.Invocation;
import io.muster.queue.job.Middleware;
import io.muster.queue.store.OverlapKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At most one job of a type with this key runs at a time, in the whole cluster. Immutable. M3
 *
 * <pre>{@code
 * public List<Middleware> middleware() {
 *     return List.of(WithoutOverlapping.on(userId));
 * }
 * }</pre>
 *
 * <p>As it stands there, the key is a record of the job store, read from the job's {@code middleware()} when it is dispatched: who wants a
 * held key waits in the queue, in its place and behind nobody, and begins when the key is free. It costs no try and no round trip, is
 * never left behind, and frees itself with the attempt, whatever ends that, in the same operation. A job can have one such key.
 *
 * <p>With {@link #releaseAfter}, {@link #orDrop} or {@link #via}, the key is a lock of a coordinator, taken when the handler would begin
 * and given up when it has returned: two calls to the coordinator for each attempt, and one for each time that it is busy. That costs no
 * try either. A lock ends with its node's session, with the job's timeout, or with {@link #expireAfter}. It is given up before the
 * store has learnt how the attempt ended: that is what two steps cannot do. Jobs of the two kinds do not exclude each other, even with the same
 * key: use one kind for one key.
 */
public final class WithoutOverlapping implements Middleware {
    private static final Logger LOG = LoggerFactory.getLogger(WithoutOverlapping.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final String key;
    private final Scope scope;
    private final Optional<Duration> expireAfter;
    private final Optional<Duration> releaseAfter;
    private final WhenBusy whenBusy;
    private final Optional<Cluster> via;

    private enum Scope {
        TYPE,
        ALL
    }

    private enum WhenBusy {
        WAIT,
        DROP
    }

    private WithoutOverlapping(
            String key,
            Scope scope,
            Optional<Duration> expireAfter,
            Optional<Duration> releaseAfter,
            WhenBusy whenBusy,
            Optional<Cluster> via) {
        this.key = key;
        this.scope = scope;
        this.expireAfter = expireAfter;
        this.releaseAfter = releaseAfter;
        this.whenBusy = whenBusy;
        this.via = via;
    }

    /** Jobs of a type with the same key do not overlap. */
    public static WithoutOverlapping on(Object key) {
        String text = String.valueOf(key);
        if (text.isBlank()) {
            throw new IllegalArgumentException("WithoutOverlapping needs a key that is not blank");
        }
        return new WithoutOverlapping(
                text, Scope.TYPE, Optional.empty(), Optional.empty(), WhenBusy.WAIT, Optional.empty());
    }

    /** Jobs of other types with this key count too, if they say so as well. */
    public WithoutOverlapping shared() {
        return new WithoutOverlapping(key, Scope.ALL, expireAfter, releaseAfter, whenBusy, via);
    }

    /**
     * The key is free so long after the start even if the job still runs; without it the holder's life decides. In the store the start is the
     * moment when the job is assigned to a node.
     */
    public WithoutOverlapping expireAfter(Duration time) {
        boolean positive = !time.isNegative() && !time.isZero();
        if (!positive) {
            throw new IllegalArgumentException("expireAfter must be positive, not " + time);
        }
        return new WithoutOverlapping(key, scope, Optional.of(time), releaseAfter, whenBusy, via);
    }

    /** A job that finds the key held is put back for so long, even if the key is free earlier. */
    public WithoutOverlapping releaseAfter(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("releaseAfter must not be negative: " + time);
        }
        if (whenBusy == WhenBusy.DROP) {
            throw bothWays();
        }
        return new WithoutOverlapping(key, scope, expireAfter, Optional.of(time), whenBusy, via);
    }

    /** A job that finds the key held is dropped quietly, as DISCARDED. */
    public WithoutOverlapping orDrop() {
        if (releaseAfter.isPresent()) {
            throw bothWays();
        }
        return new WithoutOverlapping(key, scope, expireAfter, releaseAfter, WhenBusy.DROP, via);
    }

    /** The key is a lock of this cluster, which the caller keeps open: with jobs of several queues or stores, say. */
    public WithoutOverlapping via(Cluster cluster) {
        return new WithoutOverlapping(key, scope, expireAfter, releaseAfter, whenBusy, Optional.of(cluster));
    }

    /**
     * What the store is told of a job of {@code type} that names {@code middleware}.
     *
     * @throws IllegalArgumentException these are several keys
     */
    public static Optional<OverlapKey> keptByStore(List<Middleware> middleware, String type) {
        List<OverlapKey> keys = middleware.stream()
                .filter(WithoutOverlapping.class::isInstance)
                .map(WithoutOverlapping.class::cast)
                .filter(WithoutOverlapping::isKeptByStore)
                .map(each -> new OverlapKey(each.name(type), each.expireAfter))
                .toList();
        if (keys.size() > 1) {
            throw new IllegalArgumentException(
                    "Jobs of type \"" + type + "\" name " + keys.size()
                            + " keys that must not overlap, a store keeps one; name one that covers both, or let others go via a cluster");
        }
        return keys.stream().findFirst();
    }

    /**
     * What wraps several jobs is not known where they are dispatched.
     *
     * @throws IllegalArgumentException one of these would be kept by the store
     */
    public static void refuseAroundSeveral(List<Middleware> middleware) {
        middleware.stream()
                .filter(each -> each instanceof WithoutOverlapping own && own.isKeptByStore())
                .findFirst()
                .ifPresent(found -> {
                    throw new IllegalArgumentException(
                            found
                                    + " stands around all jobs or those of a queue; name it in the job's own middleware(), or give it via(cluster)");
                });
    }

    @Override
    public void handle(Invocation invocation) throws Exception {
        if (isKeptByStore()) {
            invocation.proceed();
            return;
        }
        Cluster cluster = via.or(invocation::cluster)
                .orElseThrow(() -> new IllegalStateException(
                        this + " needs a coordinator's lock, and this driver has none; name one by via(cluster)"));
        Optional<LockAttempt> attempt = attempt(cluster, invocation);
        Optional<Lock> held = attempt.flatMap(LockAttempt::held);
        if (held.isPresent()) {
            try {
                invocation.proceed();
            } finally {
                giveUp(held.get());
            }
        } else if (whenBusy == WhenBusy.DROP && attempt.orElse(null) instanceof LockAttempt.Busy busy) {
            invocation.context().delete("overlaps: node " + busy.holder().name() + " holds \"" + key + "\"");
        } else {
            invocation.hold(releaseAfter.orElse(LOOK_AGAIN));
        }
    }

    /** A coordinator that does not answer is not taken for a free key, nor for a held one that would drop the job. */
    private Optional<LockAttempt> attempt(Cluster cluster, Invocation invocation) {
        String name = lockName(invocation.context().type());
        try {
            return Optional.of(cluster.tryLock(name, expireAfter.orElseGet(invocation.context()::timeout)));
        } catch (ClusterException e) {
            LOG.warn(
                    "No lock from the coordinator; the job is held back job={} key={} reason={}",
                    invocation.context().jobId(),
                    name,
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** Who holds the lock that is the key of jobs of a type; empty if nobody does, or if its key is in the job store. {@code own} is the queue's cluster. */
    public Optional<NodeId> lockHolder(Cluster own, String type) {
        return isKeptByStore() ? Optional.empty() : via.orElse(own).lockHolder(lockName(type));
    }

    public String key() {
        return key;
    }

    private String lockName(String type) {
        return "overlap/" + name(type);
    }

    /** What the job has done stands, whether or not the coordinator answers now. */
    private static void giveUp(Lock lock) {
        try {
            lock.release();
        } catch (ClusterException e) {
            LOG.warn("A job's lock ends with its time or its session key={} reason={}", lock.key(), e.getMessage());
        }
    }

    private boolean isKeptByStore() {
        return via.isEmpty() && releaseAfter.isEmpty() && whenBusy == WhenBusy.WAIT;
    }

    /** No key of one type can look like another's, or like a shared one. */
    private String name(String type) {
        return scope == Scope.TYPE ? Key.segment(type) + "/" + key : "/" + key;
    }

    private static IllegalArgumentException bothWays() {
        return new IllegalArgumentException("A job whose key is held is either released or dropped; say one of them");
    }

    @Override
    public String toString() {
        return "WithoutOverlapping[" + key + "]";
    }
}
