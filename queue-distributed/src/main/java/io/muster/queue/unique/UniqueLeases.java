package io.muster.queue.unique;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.LeaseToken;
import io.muster.cluster.Release;
import io.muster.queue.store.UniqueKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinators that keep unique keys, by name. A key is a lease ({@link Cluster#tryLease(String, Duration, String)}) which names the job: it
 * outlives the process that took it, and ends by its time if nobody gives it up. Thread-safe; calls block for one round trip to the coordinator
 * to take a key and two to give it up. J5
 */
public final class UniqueLeases {
    /** Name of the queue's own coordinator. */
    public static final String OWN = "cluster";

    private static final Logger LOG = LoggerFactory.getLogger(UniqueLeases.class);

    private final Map<String, Cluster> named;
    private final Optional<Cluster> own;

    public UniqueLeases(Map<String, Cluster> named, Optional<Cluster> own) {
        this.named = Map.copyOf(named);
        this.own = own;
    }

    /** No coordinator is known. */
    public static UniqueLeases none() {
        return new UniqueLeases(Map.of(), Optional.empty());
    }

    /** What became of taking a key. */
    public sealed interface Taken {
        /** It is the job's. */
        record Held(UniqueLease lease) implements Taken {}

        /** The same job took it before: its dispatch is repeated. Its token is lost, so that the key ends by its time. */
        record HeldBefore() implements Taken {}

        /** Another job has it. */
        record Busy(String holderJobId) implements Taken {}
    }

    /**
     * Takes a key for a job, for the time that it says.
     *
     * @throws IllegalArgumentException there is no coordinator of that name here
     * @throws ClusterException it cannot be taken, or it is not known whether it was; if it was, it ends by its time
     */
    public Taken take(String via, UniqueKey key, String jobId) {
        LeaseAttempt attempt = check(via).tryLease(name(key), key.heldFor().orElseThrow(), jobId);
        if (attempt instanceof LeaseAttempt.Unknown unknown) {
            throw unknown.cause();
        }
        if (attempt instanceof LeaseAttempt.Busy busy) {
            return busy.note().equals(jobId) ? new Taken.HeldBefore() : new Taken.Busy(busy.note());
        }
        String token = attempt.held().orElseThrow().token().text();
        return new Taken.Held(new UniqueLease(via, token, key.until()));
    }

    /** The key is free, if it is still the job's. What hinders that is logged; it ends by its time then. */
    public void release(UniqueLease lease, String jobId) {
        Optional<Cluster> cluster = cluster(lease.via());
        if (cluster.isEmpty()) {
            LOG.warn(
                    "A unique key ends by its time: this node does not know its coordinator via={} job={}",
                    lease.via(),
                    jobId);
            return;
        }
        try {
            Release how = cluster.get().lease(new LeaseToken(lease.token())).release();
            if (how == Release.UNKNOWN) {
                LOG.warn("A unique key may end by its time: its coordinator did not answer job={}", jobId);
            }
        } catch (RuntimeException e) { // Its cluster belongs to the application, which may have closed it.
            LOG.warn("A unique key ends by its time job={} reason={}", jobId, e.getMessage());
        }
    }

    /**
     * Looks whether a coordinator is known here.
     *
     * @throws IllegalArgumentException it is not
     */
    public Cluster check(String via) {
        return cluster(via).orElseThrow(() -> unknown(via));
    }

    public boolean knows(String via) {
        return cluster(via).isPresent();
    }

    private Optional<Cluster> cluster(String via) {
        return via.equals(OWN) ? own : Optional.ofNullable(named.get(via));
    }

    private IllegalArgumentException unknown(String via) {
        TreeSet<String> known = new TreeSet<>(named.keySet());
        own.ifPresent(cluster -> known.add(OWN));
        return new IllegalArgumentException("No coordinator \"" + via + "\" keeps unique keys here; there are " + known
                + ". Register it by QueueBuilder.uniqueVia wherever such jobs are dispatched and run");
    }

    private static String name(UniqueKey key) {
        return "unique/" + key.key();
    }
}
