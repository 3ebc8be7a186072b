package io.muster.queue.job;

import java.time.Duration;

/** What a handler knows of its attempt and may ask for. The last of release, fail and delete counts. J8 */
public interface JobContext {
    String jobId();

    String queue();

    String type();

    /** Which handler start this is, from 1. Starts lost with their node or their session are not counted. */
    int attempt();

    /** How often a node died while it ran this job. */
    int crashes();

    /** Grows over all attempts of the store: hand it to your own database, and refuse smaller ones there. */
    long fencingToken();

    /** Name of the node that runs this attempt. */
    String node();

    /** Whether this attempt may still be the valid one: its session is trusted and it has neither timed out nor been stopped. */
    boolean isOwner();

    /** Puts the job back when the handler returns, to run again at once; uses up a try. */
    default void release() {
        release(Duration.ZERO);
    }

    /** Puts the job back when the handler returns, to run again after {@code delay}; uses up a try. */
    void release(Duration delay);

    /** Fails the job for good when the handler returns, whatever tries are left. */
    void fail(String reason);

    /** Fails the job for good when the handler returns, with the cause's stack trace. */
    void fail(Throwable cause);

    /** Drops the job quietly when the handler returns. */
    void delete();
}
