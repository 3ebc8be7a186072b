package io.muster.cluster;

/** An interest that can be ended. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    /** No call begins after this returns, except one that is under way. Idempotent. */
    @Override
    void close();
}
