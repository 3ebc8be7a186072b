package io.muster.queue.worker;

/**
 * How many jobs a pool takes beyond its free slots: none, but where handlers do next to nothing. A take records a start, and whatever
 * was started counts as crashed when the node is lost; so a job is taken when a slot begins it, and until then it stays
 * assigned, where it can be seen and revoked. Only for handlers that take less than a tenth of a millisecond a write per start
 * would cost more than the work: then starts are recorded in groups of what the slots run through in 10 ms. Owned by the pool's
 * loop.
 */
final class Prefetch {
    private static final double GROUP_NANOS = 10_000_000;
    private static final double DEAR_BELOW_NANOS = 100_000;
    private static final double LEAST_RUN_NANOS = 20_000;
    /** What a single run may count for: on a busy machine any thread may stand still for a while. */
    private static final double LONGEST_RUN_NANOS = 1_000_000;

    private static final int MOST = 500;
    private static final double WEIGHT = 0.05;

    private double meanRunNanos = GROUP_NANOS;

    /** A handler ran so long, measured where it ran. */
    void ran(long nanos) {
        double counted = Math.min(LONGEST_RUN_NANOS, Math.max((double) nanos, LEAST_RUN_NANOS));
        meanRunNanos += WEIGHT * (counted - meanRunNanos);
    }

    /** Something held the slots up: start over from none. */
    void reset() {
        meanRunNanos = GROUP_NANOS;
    }

    int beyond(int concurrency) {
        return meanRunNanos >= DEAR_BELOW_NANOS ? 0 : (int) Math.min(MOST, GROUP_NANOS / meanRunNanos * concurrency);
    }
}
