package io.muster.cluster.internal;

import io.muster.cluster.SessionStatus.State;
import java.time.Duration;

/**
 * What this process may believe about one session: a pure machine over monotonic time.
 *
 * <pre>
 *   ACTIVE ──half the TTL without confirmation──▶ SUSPECT ──end of trust──▶ LOST
 *     ▲ └──────────────────── said by the server ──────────────────────────▲
 *     └────────────── confirmed ─────────────────────┘          any ──▶ CLOSED
 * </pre>
 *
 * <p>LOST and CLOSED are final. A confirmation that is looked at only after trust has run out changes nothing: somebody may
 * have asked in between and been told that the session is lost.
 *
 * @param confirmedNanos when the last confirmed renewal began
 */
record SessionLife(State state, long confirmedNanos, long ttlNanos) {
    private static final long LEAST_MARGIN_NANOS = Duration.ofMillis(100).toNanos();

    static SessionLife opened(long begunNanos, Duration effectiveTtl) {
        return new SessionLife(State.ACTIVE, begunNanos, effectiveTtl.toNanos());
    }

    /** A renewal that began at {@code begunNanos} was confirmed. */
    SessionLife confirmed(long begunNanos, long nowNanos) {
        SessionLife present = at(nowNanos);
        if (present.isOver()) {
            return present;
        }
        long newest = begunNanos - confirmedNanos > 0 ? begunNanos : confirmedNanos;
        return new SessionLife(State.ACTIVE, newest, ttlNanos).at(nowNanos);
    }

    /** What time alone has made of it. */
    SessionLife at(long nowNanos) {
        if (isOver()) {
            return this;
        }
        long silent = nowNanos - confirmedNanos;
        if (silent >= trustNanos()) {
            return in(State.LOST);
        }
        return in(silent >= ttlNanos / 2 ? State.SUSPECT : State.ACTIVE);
    }

    /** The server says that it has ended. */
    SessionLife ended() {
        return isOver() ? this : in(State.LOST);
    }

    SessionLife closed() {
        return in(State.CLOSED);
    }

    boolean isOver() {
        return state == State.LOST || state == State.CLOSED;
    }

    /** Time left to believe, zero if it is over. */
    Duration trustedFor(long nowNanos) {
        return isOver() ? Duration.ZERO : Duration.ofNanos(Math.max(0, trustNanos() - (nowNanos - confirmedNanos)));
    }

    /** Time until {@link #at} says something else. */
    Duration unchangedFor(long nowNanos) {
        long silent = nowNanos - confirmedNanos;
        long next = silent < ttlNanos / 2 ? ttlNanos / 2 : trustNanos();
        return Duration.ofNanos(Math.max(0, next - silent));
    }

    /** The TTL less one percent for clocks that run apart, less a margin for what happens between the check and the deed. */
    private long trustNanos() {
        long margin = Math.max(LEAST_MARGIN_NANOS, ttlNanos / 20);
        return Math.max(0, ttlNanos - ttlNanos / 100 - margin);
    }

    private SessionLife in(State changed) {
        return changed == state ? this : new SessionLife(changed, confirmedNanos, ttlNanos);
    }
}
