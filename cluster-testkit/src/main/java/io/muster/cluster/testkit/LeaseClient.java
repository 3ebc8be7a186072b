package io.muster.cluster.testkit;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Lease;
import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.LeaseToken;
import io.muster.cluster.NodeId;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.testkit.linearizability.Ownership;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes leases, and renews and releases its own and those of others, also when they are over. Used by one thread.
 *
 * <p>A lease may end by itself no earlier than its TTL after the last renewal that was confirmed to anybody was called.
 */
final class LeaseClient {
    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final Duration PACE = Duration.ofMillis(10);
    private static final Duration LEAST_TTL = Duration.ofMillis(200);

    private final Cluster cluster;
    private final OwnershipHistory history;
    private final Tokens tokens;
    private final Random random;

    LeaseClient(Cluster cluster, OwnershipHistory history, Tokens tokens, long seed) {
        this.cluster = cluster;
        this.history = history;
        this.tokens = tokens;
        this.random = new Random(seed);
    }

    void run(DisturbedTraffic traffic) {
        while (traffic.goesOn()) {
            turn(traffic);
            traffic.pause(random, PACE);
        }
    }

    private void turn(DisturbedTraffic traffic) {
        List<Held> recent = tokens.recent();
        if (recent.isEmpty() || random.nextInt(10) < 4) {
            take(traffic.key(random, ROUND));
            return;
        }
        Held held = recent.get(random.nextInt(recent.size()));
        if (random.nextBoolean()) {
            renew(held);
        } else {
            release(held);
        }
    }

    private void take(String key) {
        Duration ttl = LEAST_TTL.plusMillis(random.nextInt(800));
        NodeId self = cluster.self();
        long called = history.now();
        try {
            LeaseAttempt attempt = cluster.tryLease(key, ttl);
            if (attempt instanceof LeaseAttempt.Held taken) {
                Lease lease = taken.lease();
                history.known(key, name(), new Ownership.Taken(self.toString(), lease.fencingToken()), called);
                tokens.add(new Held(
                        key, lease.token(), lease.fencingToken(), lease.effectiveTtl(), new AtomicLong(called)));
            } else if (attempt instanceof LeaseAttempt.Busy busy) {
                history.known(key, name(), new Ownership.Busy(busy.holder().toString()), called);
            } else {
                history.perhaps(key, name(), new Ownership.TakenPerhaps(self.toString()), called);
                history.perhaps(key, name(), new Ownership.PerhapsEnded(self.toString()), called + LEAST_TTL.toNanos());
            }
        } catch (ClusterException nothingWasTaken) {
            history.failed();
        }
    }

    private void renew(Held held) {
        long called = history.now();
        Renewal renewal = cluster.lease(held.token()).renew();
        if (renewal == Renewal.RENEWED) {
            history.known(held.key(), name(), new Ownership.Confirmed(held.number()), called);
            held.renewed().accumulateAndGet(called, Math::max);
        } else if (renewal == Renewal.NOT_OWNER) {
            history.known(held.key(), name(), new Ownership.Refused(held.number()), called);
        }
    }

    private void release(Held held) {
        long called = history.now();
        Release release = cluster.lease(held.token()).release();
        if (release == Release.RELEASED) {
            history.known(held.key(), name(), new Ownership.Released(held.number()), called);
        } else if (release == Release.NOT_OWNER) {
            history.known(held.key(), name(), new Ownership.Refused(held.number()), called);
        } else {
            history.perhaps(held.key(), name(), new Ownership.Ended(held.number()), called);
        }
    }

    private String name() {
        return cluster.options().nodeId();
    }

    /**
     * A lease whose token all clients have.
     *
     * @param renewed when the last confirmed taking or renewal was called
     */
    private record Held(String key, LeaseToken token, long number, Duration ttl, AtomicLong renewed) {}

    /** The leases taken by all clients. Thread-safe. */
    static final class Tokens {
        private static final int RECENT = 4;

        private final List<Held> all = new CopyOnWriteArrayList<>();

        private void add(Held held) {
            all.add(held);
        }

        private List<Held> recent() {
            List<Held> held = List.copyOf(all);
            return held.subList(Math.max(0, held.size() - RECENT), held.size());
        }

        /** Says when each lease may have ended by itself; once all clients are done. */
        void end(OwnershipHistory history) {
            all.forEach(held -> history.perhaps(
                    held.key(),
                    "ttl",
                    new Ownership.Ended(held.number()),
                    held.renewed().get() + held.ttl().toNanos()));
        }
    }
}
