package io.muster.cluster.internal;

import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.NodeId;
import io.muster.cluster.SessionListener;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.SessionStatus;
import io.muster.cluster.SessionStatus.State;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Ticker;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this process alive in the coordinator's eyes, and knows for how long it may believe that it is.
 *
 * <p>Three loops, so that nothing delays a renewal or the end of trust: {@code renewals} talks to the coordinator,
 * {@code clock} owns the state and never blocks, {@code listeners} runs the user's code.
 */
final class SessionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(200);
    private static final Backoff REOPEN = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2));

    private final Backend backend;
    private final ClusterOptions options;
    private final Timeline timeline;
    private final Ticker ticker;
    private final Incarnations incarnations;
    private final Loop renewals;
    private final Loop clock;
    private final Loop listeners;
    private final List<SessionObserver> observers = new CopyOnWriteArrayList<>();
    private final Set<SessionFeed> feeds = ConcurrentHashMap.newKeySet();
    private volatile LiveSession current;
    private volatile boolean closed;
    private Loop.Timer check = () -> {};
    private int failures;

    /** Opens the first session on the caller's thread. */
    SessionKeeper(Backend backend, ClusterOptions options) {
        this.backend = backend;
        this.options = options;
        this.timeline = options.timeline();
        this.ticker = timeline.ticker();
        this.incarnations = new Incarnations(timeline);
        this.current = opened();
        this.renewals = timeline.loop("muster-" + options.nodeId() + "-renewals");
        this.clock = timeline.loop("muster-" + options.nodeId() + "-clock");
        this.listeners = timeline.loop("muster-" + options.nodeId() + "-session-listeners");
    }

    /** Begins to renew. Observers are told in the order in which they are given. */
    void start(List<SessionObserver> inOrder) {
        observers.addAll(inOrder);
        LiveSession first = current;
        clock.post(() -> announceOpened(first));
    }

    LiveSession current() {
        return current;
    }

    /** The loop on which nothing blocks: for what must happen on time. */
    Loop clock() {
        return clock;
    }

    SessionStatus status() {
        return current.status();
    }

    Subscription onSession(SessionListener listener) {
        SessionFeed feed = new SessionFeed(listener);
        clock.post(() -> {
            feeds.add(feed);
            LiveSession session = current;
            feed.offer(session.node(), session.status());
        });
        return () -> {
            feed.closed = true;
            clock.post(() -> feeds.remove(feed));
        };
    }

    /** Gives the present session up, as if it had been lost. */
    void rejoin() {
        ended(current);
    }

    /** The coordinator said so, asked by whomever. */
    void ended(LiveSession session) {
        clock.post(() -> apply(session, SessionEvent.ENDED, 0));
    }

    /** Ends the session, and with it everything that hangs on it. The loops are the caller's to close, see {@link #loops}. */
    void close(Deadline deadline) {
        closed = true;
        LiveSession last = current;
        CompletableFuture<@Nullable Void> marked = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> heard = new CompletableFuture<>();
        clock.post(() -> {
            check.cancel();
            LiveSession.Change change = last.change(SessionLife::closed);
            if (change.happened()) {
                tellListeners(last);
            }
            listeners.post(() -> heard.complete(null));
            marked.complete(null);
        });
        timeline.await(marked, deadline);
        try {
            last.backendSession().end(deadline);
        } catch (ClusterException e) {
            LOG.info(
                    "Session could not be ended and will expire node={} ttl={} reason={}",
                    last.node(),
                    last.ttl(),
                    e.getMessage());
        }
        timeline.await(heard, deadline);
    }

    List<Loop> loops() {
        return List.of(renewals, clock, listeners);
    }

    private LiveSession opened() {
        NodeId node = new NodeId(options.nodeId(), incarnations.next());
        long begun = ticker.nanos();
        BackendSession session =
                backend.openSession(options.sessionTtl(), Deadline.after(options.callTimeout(), ticker));
        LOG.info("Session opened node={} session={} ttl={}", node, session.id(), session.effectiveTtl());
        return new LiveSession(node, session, begun, ticker);
    }

    private void announceOpened(LiveSession session) {
        current = session;
        watchTrust(session);
        renewals.schedule(interval(session), () -> renew(session));
        observers.forEach(observer -> guarded(() -> observer.opened(session)));
        tellListeners(session);
    }

    // On the renewals loop.

    private void renew(LiveSession session) {
        if (closed || !session.isTrusted()) {
            return;
        }
        long begun = ticker.nanos();
        try {
            session.backendSession().renew(Deadline.after(session.ttl().dividedBy(5), ticker));
            clock.post(() -> apply(session, SessionEvent.CONFIRMED, begun));
            if (failures > 0) {
                LOG.info("Session renewals are confirmed again node={} failures={}", session.node(), failures);
            }
            failures = 0;
        } catch (SessionLostException e) {
            LOG.warn(
                    "The coordinator says that the session has ended node={} reason={}",
                    session.node(),
                    e.getMessage());
            clock.post(() -> apply(session, SessionEvent.ENDED, begun));
            return;
        } catch (ClusterException e) {
            failures++;
            if (failures == 1 && !closed) {
                LOG.warn(
                        "Session renewal is not confirmed, trying again node={} trusted={} reason={}",
                        session.node(),
                        session.status().trustedFor(),
                        e.getMessage());
            }
        } finally {
            if (!closed && session.isTrusted()) {
                renewals.schedule(untilNext(session, begun), () -> renew(session));
            }
        }
    }

    private void reopen(LiveSession old, int attempt) {
        if (closed) {
            return;
        }
        if (attempt == 1) {
            endQuietly(old);
        }
        try {
            LiveSession fresh = opened();
            if (closed) {
                endQuietly(fresh);
                return;
            }
            failures = 0;
            clock.post(() -> announceOpened(fresh));
        } catch (ClusterException e) {
            if (attempt == 1) {
                LOG.warn("No new session yet, trying on node={} reason={}", options.nodeId(), e.getMessage());
            }
            renewals.schedule(REOPEN.after(attempt, timeline.random()), () -> reopen(old, attempt + 1));
        }
    }

    /** Frees what the old life still holds, if the coordinator can be reached, so that nobody waits for its expiry. */
    private void endQuietly(LiveSession old) {
        try {
            old.backendSession().end(Deadline.after(old.ttl().dividedBy(5), ticker));
        } catch (ClusterException e) {
            LOG.debug("The lost session is left to expire node={} reason={}", old.node(), e.getMessage());
        }
    }

    /** A sixth of the TTL but not busily: for very short TTLs at least twice per life. */
    private static Duration interval(LiveSession session) {
        Duration sixth = session.ttl().dividedBy(6);
        Duration third = session.ttl().dividedBy(3);
        Duration slowest = third.compareTo(LEAST_INTERVAL) < 0 ? third : LEAST_INTERVAL;
        return sixth.compareTo(slowest) < 0 ? slowest : sixth;
    }

    private Duration untilNext(LiveSession session, long begunNanos) {
        Duration left = interval(session).minusNanos(ticker.nanos() - begunNanos);
        Duration least = LEAST_INTERVAL.dividedBy(4);
        return left.compareTo(least) < 0 ? least : left;
    }

    // On the clock loop.

    private enum SessionEvent {
        CONFIRMED,
        ENDED,
        CHECKED
    }

    private void watchTrust(LiveSession session) {
        check.cancel();
        check = clock.schedule(session.unchangedFor(), () -> apply(session, SessionEvent.CHECKED, 0));
    }

    private void apply(LiveSession session, SessionEvent event, long begunNanos) {
        long now = ticker.nanos();
        LiveSession.Change change = session.change(life -> switch (event) {
            case CONFIRMED -> life.confirmed(begunNanos, now);
            case ENDED -> life.ended();
            case CHECKED -> life.at(now);
        });
        if (change.after() == State.CLOSED || change.before() == State.LOST) {
            return;
        }
        if (change.after() != State.LOST) {
            watchTrust(session);
        }
        if (change.happened()) {
            tell(session, change.after());
        }
    }

    private void tell(LiveSession session, State state) {
        for (SessionObserver observer : observers) {
            guarded(() -> {
                switch (state) {
                    case SUSPECT -> observer.suspected(session);
                    case ACTIVE -> observer.resumed(session);
                    default -> observer.lost(session);
                }
            });
        }
        tellListeners(session);
        if (state == State.LOST) {
            check.cancel();
            LOG.warn("Session lost, opening another node={} ttl={}", session.node(), session.ttl());
            renewals.post(() -> reopen(session, 1));
        }
    }

    private void tellListeners(LiveSession session) {
        SessionStatus status = session.status();
        feeds.forEach(feed -> feed.offer(session.node(), status));
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A recipe failed on a change of the session", e);
        }
    }

    private final class SessionFeed {
        private final SessionListener listener;
        private volatile boolean closed;

        SessionFeed(SessionListener listener) {
            this.listener = listener;
        }

        void offer(NodeId node, SessionStatus status) {
            listeners.post(() -> {
                if (!closed) {
                    listener.onSession(node, status);
                }
            });
        }
    }
}
