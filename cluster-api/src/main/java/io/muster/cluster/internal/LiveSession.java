package io.muster.cluster.internal;

import io.muster.cluster.NodeId;
import io.muster.cluster.SessionStatus;
import io.muster.cluster.SessionStatus.State;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * One session and the incarnation that lives by it. Trust is judged by the ticker at every call. Thread-safe; only the
 * keeper's clock loop changes it.
 */
final class LiveSession {
    private final NodeId node;
    private final BackendSession session;
    private final Ticker ticker;
    private volatile SessionLife life;

    LiveSession(NodeId node, BackendSession session, long begunNanos, Ticker ticker) {
        this.node = node;
        this.session = session;
        this.ticker = ticker;
        this.life = SessionLife.opened(begunNanos, session.effectiveTtl());
    }

    NodeId node() {
        return node;
    }

    BackendSession backendSession() {
        return session;
    }

    String id() {
        return session.id();
    }

    Duration ttl() {
        return session.effectiveTtl();
    }

    State state() {
        return life.at(ticker.nanos()).state();
    }

    /** Whether what hangs on this session may still be believed in. */
    boolean isTrusted() {
        return !life.at(ticker.nanos()).isOver();
    }

    SessionStatus status() {
        long now = ticker.nanos();
        SessionLife present = life.at(now);
        return new SessionStatus(id(), present.state(), ttl(), present.trustedFor(now));
    }

    Duration unchangedFor() {
        return life.unchangedFor(ticker.nanos());
    }

    long nanos() {
        return ticker.nanos();
    }

    /** Returns the state before and after. */
    Change change(UnaryOperator<SessionLife> event) {
        SessionLife before = life;
        SessionLife after = event.apply(before);
        life = after;
        return new Change(before.state(), after.state());
    }

    record Change(State before, State after) {
        boolean happened() {
            return before != after;
        }
    }
}
