package io.muster.cluster.time;

/** Monotonic time. Only differences between two readings of the same ticker mean anything. */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since an arbitrary origin; never goes back. */
    long nanos();
}
