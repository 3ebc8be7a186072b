package io.muster.cluster.time;

import java.time.Duration;

/**
 * The one owner of a component's state: runs what is posted to it one after another, in order. On the system timeline a
 * loop is one named thread, on a manual one it is a queue inside the test's thread.
 *
 * <p>Tasks may block on I/O; they delay only their own loop. A task that throws is logged and the loop goes on. After
 * {@link #close} everything posted is dropped silently. Thread-safe.
 */
public interface Loop extends AutoCloseable {
    String name();

    /** Runs {@code task} soon, after everything posted before. Never blocks and never runs it on the caller's thread. */
    void post(Runnable task);

    /** Posts {@code task} once {@code delay} has passed. */
    Timer schedule(Duration delay, Runnable task);

    /**
     * Drops what has not begun, interrupts what runs and waits up to five seconds for it to end (not when called from the
     * loop itself). Idempotent.
     */
    @Override
    void close();

    /** A scheduled task. */
    @FunctionalInterface
    interface Timer {
        /** The task will not begin any more; no effect if it has. Idempotent. */
        void cancel();
    }
}
