package io.muster.queue.worker;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import java.util.List;

/** Told at once, on the thread where it happens, what pools and attempts do: must return at once and never throw. F2 */
public interface PoolWatch {
    PoolWatch NONE = new PoolWatch() {};

    /** A pool is about to ask for jobs. */
    default void looping(String pool, List<String> queues) {}

    /** A handler is about to be called. */
    default void starting(Attempt attempt) {}

    /** A handler, or its middleware, threw. */
    default void threw(Attempt attempt, Throwable cause) {}

    /** The job completed, and its store, if it has one, knows. */
    default void completed(Attempt attempt) {}

    /** The job failed for good, and its store, if it has one, knows. */
    default void failed(Attempt attempt, Settlement.Failed failure) {}

    /** A pool takes nothing more, and ends. */
    default void stopping(String pool) {}
}
