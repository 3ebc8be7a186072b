package io.muster.queue;

import io.muster.queue.job.JobOptions;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A job on its way out, with all that is said of it merged. J11
 *
 * @param job the job itself
 * @param id the id it will have
 * @param options what was said at dispatch, by the job and by its type
 * @param dueAt a moment given at dispatch; it beats the options' delay
 * @param unique at most one live job with this key
 * @param overlap at most one attempt at a time with this key
 */
public record Outgoing(
        Object job,
        String id,
        JobOptions options,
        Optional<Instant> dueAt,
        Optional<UniqueKey> unique,
        Optional<OverlapKey> overlap) {
    static final String DEFAULT_QUEUE = "default";

    /** The queue it goes to. */
    public String queue() {
        return options.queue().orElse(DEFAULT_QUEUE);
    }

    /** Shows nothing of the job's data. */
    @Override
    public String toString() {
        return "Outgoing[" + id + ", " + job.getClass().getName() + ", " + options + "]";
    }

    /** The same with other options. */
    public Outgoing withOptions(UnaryOperator<JobOptions> change) {
        return new Outgoing(job, id, change.apply(options), dueAt, unique, overlap);
    }
}
