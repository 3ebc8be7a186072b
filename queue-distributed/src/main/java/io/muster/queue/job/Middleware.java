package io.muster.queue.job;

/**
 * Wraps the handling of jobs: registered for all of them, for a queue, or named by the job ({@link Dispatchable#middleware}), in
 * this order from the outside in, and each kind in the order given. Runs within the job's timeout. What it throws counts as thrown by the
 * handler. If it returns without having let the job {@linkplain Invocation#proceed proceed} and without having asked for anything, the
 * job counts as completed. One for several jobs must be thread-safe. M1
 */
@FunctionalInterface
public interface Middleware {
    /**
     * Handles an attempt, most often by letting it proceed.
     *
     * @throws Exception any failure; the job is retried as its options say
     */
    void handle(Invocation invocation) throws Exception;
}
