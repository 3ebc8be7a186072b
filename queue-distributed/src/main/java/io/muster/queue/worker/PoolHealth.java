package io.muster.queue.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * What a node says of one of its pools beyond the pool's own figures: whether its loop stands still, and whether the store is silent
 * to it. Judged by looks at a steady pace, so that a process that was paused as a whole does not take its pools for wedged. Looked
 * at by the node's loop, told to anybody.
 */
public final class PoolHealth {
    /** How often to look. */
    public static final Duration PACE = Duration.ofMillis(500);

    /** Longer than any call that a pool's loop makes: whatever it waits for then, it is not a store that fails in time. */
    private static final Duration STANDSTILL = Duration.ofSeconds(12);

    private final Duration silence;
    private long lastTurns = -1;
    private long looksWithoutTurn;
    private volatile boolean wedged;
    private volatile boolean silent;

    /** {@code silence} is how long the store may be silent before that is said: one TTL of the session. */
    public PoolHealth(Duration silence) {
        this.silence = silence;
    }

    /** One look, once per {@link #PACE}. */
    public void look(long turns, Optional<Long> silentSinceNanos, long nowNanos) {
        looksWithoutTurn = turns == lastTurns ? looksWithoutTurn + 1 : 0;
        lastTurns = turns;
        wedged = looksWithoutTurn >= STANDSTILL.dividedBy(PACE);
        silent = silentSinceNanos
                .map(since -> nowNanos - since >= silence.toNanos())
                .orElse(false);
    }

    /** The figures as the node tells them. */
    public PoolStats of(PoolStats stats) {
        boolean works = stats.status() == PoolStats.Status.RUNNING;
        if (works && wedged) {
            return stats.with(PoolStats.Status.WEDGED);
        }
        boolean asks =
                works || stats.status() == PoolStats.Status.PAUSED || stats.status() == PoolStats.Status.MAINTENANCE;
        return asks && silent ? stats.with(PoolStats.Status.STORE_SILENT) : stats;
    }
}
