package io.muster.queue.worker;

import io.muster.queue.job.AttemptFailedException;
import io.muster.queue.job.Dispatchable;
import io.muster.queue.job.Handler;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.Settlement.Outcome;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job with what handles it here. */
final class JobCall<T> {
    private static final Logger LOG = LoggerFactory.getLogger(JobCall.class);

    private final T job;
    private final Supplier<T> fresh;
    private final Supplier<Handler<T>> handler;
    private final Predicate<Throwable> discards;

    private JobCall(T job, Supplier<T> fresh, Supplier<Handler<T>> handler, Predicate<Throwable> discards) {
        this.job = job;
        this.fresh = fresh;
        this.handler = handler;
        this.discards = discards;
    }

    /**
     * Of a payload.
     *
     * @throws io.muster.queue.job.PayloadException the payload does not fit the type's class
     */
    static <T> JobCall<T> of(JobTypes types, JobType<T> type, JobEnvelope envelope) {
        return new JobCall<>(envelope.job(type), () -> envelope.job(type), () -> types.handler(type), type::discards);
    }

    /**
     * Of a job in hand, which is written and read for its failed hook.
     *
     * @throws io.muster.queue.job.PayloadException it cannot be written
     */
    static <T> JobCall<T> of(JobTypes types, JobType<T> type, Object job) {
        JobEnvelope envelope = JobEnvelope.read(JobEnvelope.write(job, type.options()));
        return new JobCall<>(
                type.jobClass().cast(job), () -> envelope.job(type), () -> types.handler(type), type::discards);
    }

    /** Of a job in hand that handles itself and has no type, so that it cannot be read anew. */
    static JobCall<Job> of(Job job) {
        return new JobCall<>(job, () -> job, JobTypes::itself, JobType.discardedBy(job.getClass()));
    }

    /** Runs it on the current thread. */
    Outcome run(HandlerRun run) {
        return run.call(handler, job, discards);
    }

    /** Tells a fresh instance and its handler that the job failed; what they throw is logged. J9 */
    void failed(HandlerRun run, Throwable cause) {
        failed(run.jobId(), run.type(), cause);
    }

    /** As {@link #failed(HandlerRun, Throwable)}. */
    void failed(String jobId, String type, Throwable cause) {
        try {
            T anew = fresh.get();
            if (anew instanceof Dispatchable says) {
                says.failed(cause);
            }
            handler.get().failed(anew, cause);
        } catch (Throwable thrown) {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.warn("The failed hook of a job threw; the job fails all the same job={} type={}", jobId, type, thrown);
        }
    }

    /** What a failed hook is told: what was thrown, else the reason. */
    static Throwable cause(Optional<Throwable> thrown, String reason) {
        return thrown.orElseGet(() -> new AttemptFailedException(reason));
    }
}
