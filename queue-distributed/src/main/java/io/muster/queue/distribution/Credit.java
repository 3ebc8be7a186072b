package io.muster.queue.distribution;

import java.time.Duration;

/**
 * How many jobs a pool may hold: its slots plus what it gets through in two rounds of the leader, by the mean rate at which it
 * drained what it was given; only its slots if it is slow. A round counts for twenty milliseconds at least, since it takes
 * a pool some of them to settle a group and be seen to have done so. Owned by the leader's loop.
 */
final class Credit {
    static final int MOST = 4_000;
    private static final double SHORTEST_ROUND_SECONDS = 0.020;
    private static final double WEIGHT = 0.3;
    private static final double SLOW_PER_SLOT_AND_SECOND = 20;

    private double perSecond;

    /** The pool was given {@code assigned} jobs, {@code elapsed} after it had been filled the last time. */
    void drained(int assigned, Duration elapsed) {
        double seconds = Math.max(0.001, elapsed.toNanos() / 1e9);
        perSecond += WEIGHT * (assigned / seconds - perSecond);
    }

    int limit(int concurrency, Duration round) {
        if (perSecond < SLOW_PER_SLOT_AND_SECOND * concurrency) {
            return concurrency;
        }
        double ahead = perSecond * 2 * Math.max(SHORTEST_ROUND_SECONDS, round.toNanos() / 1e9);
        return (int) Math.min(MOST, concurrency + Math.ceil(ahead) + concurrency);
    }
}
