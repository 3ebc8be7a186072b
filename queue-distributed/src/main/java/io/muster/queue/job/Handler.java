package io.muster.queue.job;

/**
 * Runs jobs of one type. Called on a thread of its own per attempt, many at once; an interrupt means timeout, shutdown or a lost
 * session: return soon.
 *
 * @param <T> the job's class
 */
@FunctionalInterface
public interface Handler<T> {
    /**
     * Does the work. Returning normally completes the job unless the context was told otherwise; throwing counts as a failed try.
     *
     * @throws Exception any failure; the job is retried as its options say
     */
    void handle(T job, JobContext context) throws Exception;

    /** As {@link Dispatchable#failed}, and after it; {@code job} is read anew from the payload. J9 */
    default void failed(T job, Throwable cause) throws Exception {}
}
