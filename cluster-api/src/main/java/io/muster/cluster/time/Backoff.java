package io.muster.cluster.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after the n-th failure in a row: doubles from {@code first} up to {@code most}, then up to half of it
 * is taken off at random so that nodes do not retry in step.
 *
 * @param first wait after the first failure
 * @param most longest wait
 */
public record Backoff(Duration first, Duration most) {
    public Backoff {
        if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("Backoff needs 0 < first <= most, got " + first + " and " + most);
        }
    }

    /** The wait after {@code failures} failures in a row (from 1). */
    public Duration after(int failures, RandomGenerator random) {
        long nanos = first.toNanos();
        for (int doubled = 1; doubled < failures && nanos < most.toNanos(); doubled++) {
            nanos *= 2;
        }
        nanos = Math.min(nanos, most.toNanos());
        return Duration.ofNanos(nanos - random.nextLong(nanos / 2 + 1));
    }
}
