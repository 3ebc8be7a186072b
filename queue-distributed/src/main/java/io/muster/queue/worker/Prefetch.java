package io.muster.queue.worker;

/**
 * How many jobs a pool takes beyond its slots, so that a round trip to the store does not leave slots idle: what the slots
 * can run in 50 ms, by the mean of the latest runs; nothing for slow handlers, whose jobs another node could run. Owned by the
 * pool's loop.
 */
final class Prefetch {
    private static final double AHEAD_NANOS = 50_000_000;
    private static final double LEAST_RUN_NANOS = 20_000;
    private static final int MOST = 500;
    private static final double WEIGHT = 0.05;

    private double meanRunNanos = AHEAD_NANOS;

    void ran(long nanos) {
        meanRunNanos += WEIGHT * (Math.max((double) nanos, LEAST_RUN_NANOS) - meanRunNanos);
    }

    /** Something held the slots up: start over from none. */
    void reset() {
        meanRunNanos = AHEAD_NANOS;
    }

    int beyond(int concurrency) {
        double perSlot = AHEAD_NANOS / meanRunNanos;
        return perSlot < 2 ? 0 : (int) Math.min(MOST, perSlot * concurrency);
    }
}
