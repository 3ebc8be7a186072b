package io.muster.queue.schedule;

import java.time.Duration;

/**
 * What becomes of ticks that nobody fired in time, because no node led or the store was down.
 *
 * @param policy which of them fire
 * @param bound how many fire at most, the latest ones, with {@link Policy#ALL}
 * @param grace how late a tick may fire with {@link Policy#SKIP}
 */
public record Misfire(Policy policy, int bound, Duration grace) {
    /** One firing for all missed ticks: the default. */
    public static final Misfire ONCE = new Misfire(Policy.ONCE, 1, Duration.ZERO);

    /** Longer than leadership takes to change hands. */
    public static final Duration DEFAULT_GRACE = Duration.ofMinutes(1);

    private static final int MOST = 1000;

    /** Which missed ticks fire. */
    public enum Policy {
        SKIP,
        ONCE,
        ALL
    }

    public Misfire {
        if (bound < 1 || bound > MOST) {
            throw new IllegalArgumentException("A schedule fires 1 to " + MOST + " missed ticks, not " + bound);
        }
        if (grace.isNegative()) {
            throw new IllegalArgumentException("The grace of a missed tick must not be negative: " + grace);
        }
    }

    /** A tick that is more than {@link #DEFAULT_GRACE} late does not fire. */
    public static Misfire skip() {
        return skip(DEFAULT_GRACE);
    }

    /** A tick that is more than {@code grace} late does not fire. */
    public static Misfire skip(Duration grace) {
        return new Misfire(Policy.SKIP, 1, grace);
    }

    /** Each missed tick fires, but of many only the latest {@code bound}, at most 1,000. */
    public static Misfire all(int bound) {
        return new Misfire(Policy.ALL, bound, Duration.ZERO);
    }
}
