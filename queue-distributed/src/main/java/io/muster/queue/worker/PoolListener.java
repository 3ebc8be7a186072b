package io.muster.queue.worker;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;

/** Receives what became of this node's attempts, after the store accepted it. Throwing changes nothing. K5 */
public interface PoolListener {
    /** The job completed. */
    default void completed(Attempt attempt) {}

    /** The job failed for good: once per job, on the node whose attempt was the last. */
    default void failed(Attempt attempt, Settlement.Failed failure) {}
}
