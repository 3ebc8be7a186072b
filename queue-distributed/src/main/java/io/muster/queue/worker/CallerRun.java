package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;

/** Runs a job in the thread of whoever pushes it, once, without a store: nothing is retried, timed out or kept. Q2 */
public final class CallerRun {
    private static final String NODE = "caller";
    private static final long NO_STORE = 0;

    private CallerRun() {}

    /** What a handler asked for that cannot be done without a store, or that it failed by its own word. */
    public static final class UnfinishedException extends Exception {
        private static final long serialVersionUID = 1L;

        UnfinishedException(String message) {
            super(message);
        }
    }

    /**
     * Reads the job from its payload, as a worker would, and runs its handler.
     *
     * @throws PayloadException its type has no handler here, or its payload cannot be read
     * @throws Exception whatever the handler threw, or {@link UnfinishedException}
     */
    // The handler and the type were registered together, by JobTypes.Builder.register.
    @SuppressWarnings("unchecked")
    public static void run(NewJob job, JobTypes types, Timeline timeline) throws Exception {
        JobEnvelope envelope = JobEnvelope.read(job.payload());
        JobType<?> type = types.named(job.type()).orElseThrow(() -> unknown(job));
        Handler<Object> handler = (Handler<Object>) types.handler(job.type()).orElseThrow(() -> unknown(job));
        HandlerRun run = new HandlerRun(attempt(job, timeline), envelope.options(), NODE, () -> true, timeline);
        handler.handle(envelope.job(type), run);
        if (run.asksForRelease()) {
            throw new UnfinishedException("Its handler released it, but nobody can run it again later without a store");
        }
        if (run.asked() instanceof Settlement.Failed failed) {
            throw new UnfinishedException(failed.reason());
        }
    }

    private static Attempt attempt(NewJob job, Timeline timeline) {
        return new Attempt(
                new AttemptToken(job.id(), 1, NODE, NODE),
                job.queue(),
                job.type(),
                job.payload(),
                job.priority(),
                Counters.NONE.started(),
                NO_STORE,
                timeline.clock().instant());
    }

    private static PayloadException unknown(NewJob job) {
        return new PayloadException(
                "No handler for job type \"" + job.type() + "\" in this process; register one to run it in the caller");
    }
}
