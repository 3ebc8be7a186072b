package io.muster.cluster;

import java.time.Duration;

/**
 * A session as this process may believe in it.
 *
 * @param effectiveTtl what the server granted; if this process dies, others see the end of its session after this long and at
 *     most the backend's {@link io.muster.cluster.spi.Capabilities#expirySlack()} more (on ZooKeeper a tick and a second)
 * @param trustedFor time left until this process stops believing, zero if it has: start of the last confirmed renewal + TTL −
 *     margin, on the monotonic clock
 */
public record SessionStatus(String id, State state, Duration effectiveTtl, Duration trustedFor) {
    /** Whether work that needs the session may start now. */
    public boolean isActive() {
        return state == State.ACTIVE;
    }

    /** ACTIVE ⇄ SUSPECT → LOST; LOST is final for a session. CLOSED when the cluster was closed. */
    public enum State {
        ACTIVE,
        /** Half the TTL passed without a confirmed renewal: nothing new is started, what runs goes on. */
        SUSPECT,
        /** The server said so, or trust ran out. Another session is being opened. */
        LOST,
        CLOSED
    }
}
