package io.muster.queue.job;

import io.muster.cluster.Cluster;
import io.muster.queue.limit.Limits;
import java.time.Duration;
import java.util.Optional;

/** An attempt on its way through middleware to its handler. Used on the attempt's thread only. M1 */
public interface Invocation {
    /** The job as it will be handled. */
    Object job();

    /** What the handler will see; a middleware may release, fail or delete the job by it. */
    JobContext context();

    /**
     * Goes on to the next middleware, at last to the handler, and returns when that has returned.
     *
     * @throws IllegalStateException it has proceeded from here already, or was held back
     * @throws Exception what those within threw
     */
    void proceed() throws Exception;

    /**
     * Holds the job back until {@code delay} has passed: nothing counts as tried, released or failed, whatever its tries. Its
     * handler is not called this time. A job whose retry-until would be over by then fails. J8
     *
     * @throws IllegalStateException the handler has begun: use {@link JobContext#release(Duration)}
     */
    void hold(Duration delay);

    /** Whether the handler has begun. */
    boolean begun();

    /**
     * If this attempt throws and the job is tried again, it waits so long instead of its backoff. M4
     *
     * @throws IllegalArgumentException {@code delay} is negative
     */
    void retryAfter(Duration delay);

    /** Limits that hold for all nodes together. M2 */
    Limits limits();

    /** The cluster that the queue runs in, for locks that middleware needs; empty with drivers that have none. */
    Optional<Cluster> cluster();
}
