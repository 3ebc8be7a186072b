package io.muster.queue;

/** A job that sees to its own queueing: asked instead of being pushed, after all pipes. J11 */
public interface QueuesItself {
    /**
     * Queues this job, by {@code pushing} or in any other way, for which {@link Dispatched.TakenOver} is the answer.
     *
     * @param outgoing this job with what was said of it
     */
    Dispatched queue(Outgoing outgoing, Pushing pushing);

    /** Pushes as if the job had not been asked. */
    @FunctionalInterface
    interface Pushing {
        Dispatched push(Outgoing outgoing);
    }
}
