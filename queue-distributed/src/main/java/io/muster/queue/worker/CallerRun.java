package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import java.util.Optional;

/**
 * Runs a job on its caller's thread, within its middleware and with its failed hook, in one attempt that no store knows of: without timeout,
 * without tries, fencing token 0. J3
 */
public final class CallerRun {
    private final JobTypes types;
    private final String node;
    private final Timeline timeline;
    private final PoolWatch watch;

    /** {@code watch} is told of what begins, throws and ends. */
    public CallerRun(JobTypes types, String node, Timeline timeline, PoolWatch watch) {
        this.types = types;
        this.node = node;
        this.timeline = timeline;
        this.watch = watch;
    }

    /**
     * Runs it to its end; answers why it failed, empty if it did not. A job that asks to run again later fails, since nothing keeps it.
     *
     * @throws PayloadException it is of a registered type and cannot be written, or of none and does not handle itself
     */
    public Optional<Throwable> run(String jobId, String queue, Object job, JobOptions options) {
        JobCall<?> call = call(job);
        String type = types.find(job).map(JobType::name).orElse(job.getClass().getName());
        Attempt attempt = new Attempt(
                new AttemptToken(jobId, 1, node, ""),
                queue,
                type,
                new byte[0],
                0,
                Counters.NONE.started(),
                0,
                timeline.clock().instant());
        HandlerRun run = new HandlerRun(
                attempt,
                AttemptOptions.of(options.withTries(1)),
                new HandlerRun.Surroundings(node, () -> true, types.supplies(), timeline, watch));
        Outcome outcome = call.run(run);
        Optional<Throwable> failure = failure(run, outcome);
        failure.ifPresentOrElse(
                cause -> {
                    call.failed(run, cause);
                    watch.failed(attempt, Verdict.failed(cause));
                },
                () -> watch.completed(attempt));
        return failure;
    }

    private JobCall<?> call(Object job) {
        Optional<JobType<?>> type =
                types.find(job).filter(known -> types.handled().contains(known.name()));
        if (type.isPresent()) {
            return JobCall.of(types, type.get(), job);
        }
        if (job instanceof Job itself) {
            return JobCall.of(itself);
        }
        throw new PayloadException("Job class " + job.getClass().getName()
                + " has no handler here and does not handle itself; register a handler where it is to run");
    }

    private static Optional<Throwable> failure(HandlerRun run, Outcome outcome) {
        if (outcome instanceof Settlement.Failed failed) {
            return Optional.of(JobCall.cause(run.cause(), failed.reason()));
        }
        if (outcome instanceof Settlement.Released released) {
            String how = released.why() == Settlement.Why.HELD ? "held back" : "released";
            return Optional.of(
                    JobCall.cause(run.cause(), "It was " + how + ", but runs in its caller, where nothing keeps it"));
        }
        return Optional.empty();
    }
}
