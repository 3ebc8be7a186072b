package io.muster.cluster.testkit;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.NodeId;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.testkit.linearizability.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Takes, renews, releases and forgets locks at random, and releases again what is over. Used by one thread.
 *
 * <p>A hold may end by itself: at the earliest, where the server promises a minimum session life, after the last moment at
 * which its holder had reason to believe in it, else at any time.
 */
final class LockClient {
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Duration PACE = Duration.ofMillis(8);

    private final Cluster cluster;
    private final OwnershipHistory history;
    private final Random random;
    private final List<Hold> holds = new ArrayList<>();

    LockClient(Cluster cluster, OwnershipHistory history, long seed) {
        this.cluster = cluster;
        this.history = history;
        this.random = new Random(seed);
    }

    void run(DisturbedTraffic traffic) {
        while (traffic.goesOn()) {
            turn(traffic);
            traffic.pause(random, PACE);
        }
        boolean promised = cluster.capabilities().minimumSessionLife();
        holds.forEach(hold -> history.perhaps(
                hold.lock.key(),
                name(),
                new Ownership.Ended(hold.lock.fencingToken()),
                promised ? hold.believedAt : hold.called));
    }

    private void turn(DisturbedTraffic traffic) {
        int recent = Math.min(holds.size(), 4);
        if (recent == 0 || random.nextInt(10) < 4) {
            take(traffic.key(random, ROUND));
            return;
        }
        Hold hold = holds.get(holds.size() - 1 - random.nextInt(recent));
        hold.probe();
        switch (random.nextInt(4)) {
            case 0, 1 -> hold.release();
            case 2 -> hold.renew();
            default -> hold.probe();
        }
    }

    private void take(String key) {
        Duration ttl = Duration.ofMillis(100 + random.nextInt(1_500));
        NodeId self = cluster.self();
        long called = history.now();
        try {
            LockAttempt attempt = cluster.tryLock(key, ttl);
            if (attempt instanceof LockAttempt.Held held) {
                history.known(
                        key,
                        name(),
                        new Ownership.Taken(self.toString(), held.lock().fencingToken()),
                        called);
                holds.add(new Hold(held.lock(), self, called, ttl));
            } else if (attempt instanceof LockAttempt.Busy busy) {
                history.known(key, name(), new Ownership.Busy(busy.holder().toString()), called);
            } else {
                history.perhaps(key, name(), new Ownership.TakenPerhaps(self.toString()), called);
                history.perhaps(key, name(), new Ownership.PerhapsEnded(self.toString()), called);
            }
        } catch (ClusterException nothingWasLocked) {
            history.failed();
        }
    }

    private String name() {
        return cluster.options().nodeId();
    }

    /** A lock that was taken, and what its holder knows. */
    private final class Hold {
        private final Lock lock;
        private final NodeId owner;
        private final long called;
        private long believedAt;
        private long endOfTtl;
        private boolean released;

        Hold(Lock lock, NodeId owner, long called, Duration ttl) {
            this.lock = lock;
            this.owner = owner;
            this.called = called;
            this.believedAt = called;
            this.endOfTtl = called + ttl.toNanos();
        }

        void probe() {
            long now = history.now();
            if (lock.isHeld()) {
                believedAt = now;
            }
        }

        void renew() {
            Duration ttl = Duration.ofMillis(200 + random.nextInt(800));
            long begun = history.now();
            Renewal renewal = lock.renew(ttl);
            if (renewal == Renewal.RENEWED) {
                history.known(lock.key(), name(), new Ownership.Confirmed(lock.fencingToken()), begun);
                endOfTtl = begun + ttl.toNanos();
            } else if (renewal == Renewal.NOT_OWNER) {
                refused(begun);
            }
        }

        void release() {
            long begun = history.now();
            Release release = lock.release();
            if (release == Release.RELEASED) {
                history.known(lock.key(), name(), new Ownership.Released(lock.fencingToken()), begun);
            } else if (release == Release.NOT_OWNER) {
                refused(begun);
            }
            released = true;
        }

        /** Says something of the server only if the holder had no reason of its own to give up. */
        private void refused(long begun) {
            boolean believed = !released
                    && history.now() - endOfTtl < 0
                    && !cluster.session().trustedFor().isZero()
                    && cluster.self().equals(owner);
            if (believed) {
                history.known(lock.key(), name(), new Ownership.Refused(lock.fencingToken()), begun);
            }
        }
    }
}
