package io.muster.cluster.internal;

import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.NodeId;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Locks: keys bound to the session. The TTL is kept by the holder itself, on the session's clock loop; giving up what ran
 * out is the {@code locks} loop's, calling listeners the {@code lock-listeners} loop's. C2
 */
final class Locks implements SessionObserver {
    static final String DIRECTORY = "locks";
    private static final Duration BACKSTOP = Duration.ofSeconds(2);

    private final Backend backend;
    private final SessionKeeper keeper;
    private final Timeline timeline;
    private final Incarnations tokens;
    private final Loop loop;
    private final Loop listeners;
    private final BoundKeys keys;
    private final LockWaiters waiters;
    private final Set<SessionLock> held = ConcurrentHashMap.newKeySet();

    Locks(Backend backend, SessionKeeper keeper, Timeline timeline, Duration callTimeout) {
        this.backend = backend;
        this.keeper = keeper;
        this.timeline = timeline;
        this.tokens = new Incarnations(timeline);
        String name = "muster-" + keeper.current().node().name();
        this.loop = timeline.loop(name + "-locks");
        this.listeners = timeline.loop(name + "-lock-listeners");
        this.keys = new BoundKeys(backend, timeline, loop, callTimeout);
        this.waiters = new LockWaiters(backend);
    }

    LockAttempt tryLock(String name, Duration ttl) {
        return tryLock(name, ttl, keys.deadline());
    }

    private LockAttempt tryLock(String name, Duration ttl, Deadline deadline) {
        if (ttl.isNegative() || ttl.isZero()) {
            throw new IllegalArgumentException("A lock needs a positive TTL, not " + ttl);
        }
        return attempt(name, key(name), ttl, deadline);
    }

    /** However many attempts it takes, the call ends by the wait and one call's timeout. */
    LockAttempt awaitLock(String name, Duration ttl, Duration wait) {
        Key key = key(name);
        Deadline end = Deadline.after(wait, timeline.ticker());
        Deadline limit = keys.deadlineAfter(wait);
        LockWaiters.Waiter waiter = waiters.join(key);
        try {
            while (true) {
                CompletableFuture<@Nullable Void> change = waiter.next();
                boolean last = end.expired();
                @Nullable LockAttempt attempt = attemptWithin(name, ttl, limit, last);
                if (attempt instanceof LockAttempt.Held || (attempt != null && last)) {
                    return attempt;
                }
                timeline.await(change, Deadline.after(end.remainingAtMost(BACKSTOP), timeline.ticker()));
                if (Thread.currentThread().isInterrupted() && !change.isDone()) {
                    return tryLock(name, ttl);
                }
            }
        } finally {
            waiter.leave();
        }
    }

    Optional<NodeId> holder(String name) {
        return backend.read(key(name), keys.deadline()).filter(Claim::canBeIn).map(Claim::holder);
    }

    @Override
    public void opened(LiveSession session) {
        // A new session holds nothing yet.
    }

    @Override
    public void lost(LiveSession session) {
        for (SessionLock lock : held) {
            if (lock.session == session) {
                lock.end();
            }
        }
    }

    /** Ends the belief in every lock; the keys go with the session. */
    void close() {
        waiters.close();
        held.forEach(SessionLock::end);
    }

    List<Loop> loops() {
        return List.of(loop, listeners);
    }

    /** Null if nothing can be said yet and there is time left. */
    private @Nullable LockAttempt attemptWithin(String name, Duration ttl, Deadline limit, boolean last) {
        try {
            return tryLock(name, ttl, keys.deadlineWithin(limit));
        } catch (ClusterUnavailableException e) {
            if (last) {
                throw e;
            }
            return null;
        }
    }

    private LockAttempt attempt(String name, Key key, Duration ttl, Deadline deadline) {
        LiveSession session = keeper.current();
        if (!session.isTrusted()) {
            throw new ClusterUnavailableException(
                    "No session at the moment, another is being opened; nothing was locked key=" + name);
        }
        Claim claim = new Claim(session.node(), tokens.next());
        long begun = timeline.ticker().nanos();
        try {
            BoundKeys.Taken taken = keys.take(key, claim, session, deadline);
            if (taken instanceof BoundKeys.Taken.Ours ours) {
                SessionLock lock = new SessionLock(name, key, claim, session, ours);
                lock.begin(begun, ttl);
                return new LockAttempt.Held(lock);
            }
            Entry theirs = ((BoundKeys.Taken.Theirs) taken).entry();
            return new LockAttempt.Busy(Claim.holder(theirs));
        } catch (SessionLostException e) {
            keeper.ended(session);
            throw e;
        } catch (OutcomeUnknownException e) {
            keys.undo(key, claim, session);
            return new LockAttempt.Unknown(e);
        }
    }

    private static Key key(String name) {
        return new Key(DIRECTORY, Key.segment(name));
    }

    /** A lock of one session. Its own monitor guards the fields and is never held during a call. */
    private final class SessionLock implements Lock {
        private final String name;
        private final Key key;
        private final Claim claim;
        private final LiveSession session;
        private final BoundKeys.Taken.Ours ours;
        private final LossNotice loss = new LossNotice(listeners);
        private boolean ended;
        private long untilNanos;
        private Loop.Timer expiry = () -> {};

        SessionLock(String name, Key key, Claim claim, LiveSession session, BoundKeys.Taken.Ours ours) {
            this.name = name;
            this.key = key;
            this.claim = claim;
            this.session = session;
            this.ours = ours;
        }

        void begin(long begunNanos, Duration ttl) {
            held.add(this);
            prolong(begunNanos, ttl);
            if (!session.isTrusted()) {
                end();
            }
        }

        @Override
        public String key() {
            return name;
        }

        @Override
        public long fencingToken() {
            return ours.number();
        }

        @Override
        public boolean isHeld() {
            synchronized (this) {
                if (ended || timeline.ticker().nanos() - untilNanos >= 0) {
                    return false;
                }
            }
            return session.isTrusted();
        }

        @Override
        public Renewal renew(Duration ttl) {
            long begun = timeline.ticker().nanos();
            if (!isHeld()) {
                return Renewal.NOT_OWNER;
            }
            try {
                boolean there = backend.read(key, keys.deadline())
                        .filter(entry -> entry.created() == ours.number() && claim.isIn(entry))
                        .isPresent();
                if (!there) {
                    end();
                    return Renewal.NOT_OWNER;
                }
                return prolong(begun, ttl) ? Renewal.RENEWED : Renewal.NOT_OWNER;
            } catch (ClusterException e) {
                return Renewal.UNKNOWN;
            }
        }

        @Override
        public Release release() {
            if (!finish()) {
                return Release.NOT_OWNER;
            }
            loss.never();
            return switch (keys.giveUp(key, ours.version(), session, keys.deadline())) {
                case GIVEN -> Release.RELEASED;
                case NOT_OURS -> Release.NOT_OWNER;
                case UNKNOWN -> Release.UNKNOWN;
            };
        }

        @Override
        public Subscription onLost(Runnable listener) {
            return loss.add(listener);
        }

        @Override
        public void close() {
            release();
        }

        /** It ended otherwise than by release: there is nothing to give up, or the session's end gives it up. */
        void end() {
            if (finish()) {
                loss.happened();
            }
        }

        private void expire() {
            synchronized (this) {
                if (ended) {
                    return;
                }
                long left = untilNanos - timeline.ticker().nanos();
                if (left > 0) {
                    expiry = keeper.clock().schedule(Duration.ofNanos(left), this::expire);
                    return;
                }
            }
            if (finish()) {
                loss.happened();
                loop.post(() -> keys.giveUp(key, ours.version(), session, keys.deadline()));
            }
        }

        private boolean prolong(long begunNanos, Duration ttl) {
            synchronized (this) {
                if (ended) {
                    return false;
                }
                untilNanos = begunNanos + ttl.toNanos();
                expiry.cancel();
                expiry = keeper.clock().schedule(ttl, this::expire);
                return true;
            }
        }

        private boolean finish() {
            synchronized (this) {
                if (ended) {
                    return false;
                }
                ended = true;
                expiry.cancel();
            }
            held.remove(this);
            return true;
        }

        @Override
        public String toString() {
            return "Lock[" + name + ", " + ours.number() + ", " + session.node() + "]";
        }
    }
}
