package io.muster.queue.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What a handler knows of its attempt and may ask for. The last of release, fail and delete counts. J8 */
public interface JobContext {
    String jobId();

    String queue();

    String type();

    /** Which handler start this is, from 1. Starts lost with their node or their session are not counted. */
    int attempt();

    /** How often it was put back because its handler asked for it; after a retry of the failed job counted anew. */
    default int releases() {
        return 0;
    }

    /** Words it was tagged with. */
    Set<String> tags();

    /** How often a node died while it ran this job. */
    int crashes();

    /**
     * Grows over all attempts of the store: hand it to your own database, and refuse smaller ones there. 0 for a job that runs in its
     * caller, which has no attempts.
     */
    long fencingToken();

    /** Name of the node that runs this attempt. */
    String node();

    /** When the job was dispatched; for one that runs in its caller, now. */
    Instant pushedAt();

    /** Longest run of this attempt, middleware included. A job that runs in its caller is not held to it. */
    Duration timeout();

    /** Whether this attempt may still be the valid one: its session is trusted and it has neither timed out nor been stopped. */
    boolean isOwner();

    /** Puts the job back when the handler returns, to run again at once; uses up a try. */
    default void release() {
        release(Duration.ZERO);
    }

    /** Puts the job back when the handler returns, to run again after {@code delay}; uses up a try. */
    void release(Duration delay);

    /** Puts the job back when the handler returns, to run again at {@code moment}, or at once if that is past; uses up a try. */
    void release(Instant moment);

    /** As {@link #fail(String)}, without a reason of its own. */
    default void fail() {
        fail("failed by its handler");
    }

    /** Fails the job for good when the handler returns, whatever tries are left. */
    void fail(String reason);

    /** Fails the job for good when the handler returns, with the cause's stack trace. */
    void fail(Throwable cause);

    /** Drops the job quietly when the handler returns. */
    default void delete() {
        delete("deleted by its handler");
    }

    /** As {@link #delete()}, with a reason that is kept while the job is remembered. */
    void delete(String reason);

    /**
     * Says how far the handler has come, in percent. Shown by {@code Queue.running()} here, and elsewhere as of this node's last heartbeat or of
     * {@code Queue.refresh}; not stored, and gone with the attempt.
     *
     * @throws IllegalArgumentException not between 0 and 100
     */
    void progress(int percent);

    /**
     * The batch that this job belongs to, or whose callback it is, as it is now. W2
     *
     * @throws IllegalStateException it belongs to none, or that was pruned; see {@link #isInBatch}
     */
    default Batch batch() {
        throw new IllegalStateException("Job " + jobId() + " of type \"" + type()
                + "\" belongs to no batch; dispatch it by" + " Queue.batch, or ask isInBatch first");
    }

    /** Whether it belongs to a batch or is the callback of one. W2 */
    default boolean isInBatch() {
        return false;
    }

    /** What is to follow on this job: look, prepend, append. W1 */
    default JobChain chain() {
        return new JobChain(JobFlow.NONE, Workflows.NONE, queue());
    }

    /** What failed first, told to the catch callback of a chain and to all callbacks of a batch; empty for other jobs. W1, W2 */
    default Optional<JobFailure> failure() {
        return Optional.empty();
    }

    /** Something that the handler needs, from the queue's {@link HandlerFactory}. */
    <T> T get(Class<T> type);

    /**
     * What a job refers to, as it is now.
     *
     * @throws MissingRefException it is gone
     * @throws IllegalStateException no {@link RefResolver} is registered for its class
     */
    <T> T resolve(Ref<T> ref);
}
