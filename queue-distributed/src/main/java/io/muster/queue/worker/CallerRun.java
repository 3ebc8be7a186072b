package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.AttemptFailedException;
import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import java.util.List;
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
     * How a job ended in its caller.
     *
     * @param outcome what a store would be told; one that asked to run again later has failed
     * @param following what is to follow
     */
    public record Ended(Optional<Throwable> failure, Outcome outcome, List<OutboxEntry> following) {}

    /**
     * Runs a job by way of its payload.
     *
     * @throws PayloadException it cannot be read, or has no handler here
     */
    public Ended run(NewJob job) {
        JobType<?> type = types.named(job.type())
                .filter(known -> types.handled().contains(known.name()))
                .orElseThrow(() -> new PayloadException("Job type \"" + job.type() + "\" has no handler here"));
        JobEnvelope envelope = JobEnvelope.read(job.payload()).opened(types.keys(), type, job.id());
        Attempt attempt = attempt(job.id(), job.queue(), job.type(), job.payload());
        HandlerRun run = handlerRun(attempt, envelope.options().or(type.options()), envelope.flow());
        JobCall<?> call = JobCall.of(types, type, envelope);
        Outcome outcome = call.run(run);
        Optional<Throwable> failure = failure(run, outcome);
        ended(call, run, attempt, failure);
        Outcome settled = failure.<Outcome>map(Verdict::failed).orElse(outcome);
        return new Ended(failure, settled, run.following(settled));
    }

    /** Fails a job without running it. */
    public Ended refused(NewJob job, String reason) {
        return failed(job, new AttemptFailedException(reason));
    }

    /** Fails a job that {@link #run(NewJob)} cannot run. */
    public Ended failed(NewJob job, RuntimeException cause) {
        Settlement.Failed failed = Verdict.failed(cause);
        watch.failed(attempt(job.id(), job.queue(), job.type(), job.payload()), failed);
        List<OutboxEntry> following = JobFlow.of(job.payload())
                .following(job.id(), failed, timeline.clock().instant());
        return new Ended(Optional.of(cause), failed, following);
    }

    /**
     * Runs it to its end; answers why it failed, empty if it did not. A job that asks to run again later fails, since nothing keeps it.
     *
     * @throws PayloadException it is of a registered type and cannot be written, or of none and does not handle itself
     */
    public Optional<Throwable> run(String jobId, String queue, Object job, JobOptions options) {
        JobCall<?> call = call(job);
        String type = types.find(job).map(JobType::name).orElse(job.getClass().getName());
        Attempt attempt = attempt(jobId, queue, type, new byte[0]);
        HandlerRun run = handlerRun(attempt, options, JobFlow.NONE);
        Outcome outcome = call.run(run);
        Optional<Throwable> failure = failure(run, outcome);
        ended(call, run, attempt, failure);
        return failure;
    }

    private void ended(JobCall<?> call, HandlerRun run, Attempt attempt, Optional<Throwable> failure) {
        failure.ifPresentOrElse(
                cause -> {
                    call.failed(run, cause);
                    watch.failed(attempt, Verdict.failed(cause));
                },
                () -> watch.completed(attempt));
    }

    private HandlerRun handlerRun(Attempt attempt, JobOptions options, JobFlow flow) {
        return new HandlerRun(
                attempt,
                AttemptOptions.of(options.withTries(1)),
                new HandlerRun.Surroundings(node, () -> true, types.supplies(), timeline, watch),
                flow,
                Optional.empty());
    }

    private Attempt attempt(String jobId, String queue, String type, byte[] payload) {
        return new Attempt(
                new AttemptToken(jobId, 1, node, ""),
                queue,
                type,
                payload,
                0,
                Counters.NONE.started(),
                0,
                timeline.clock().instant());
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
        if (outcome instanceof Settlement.Completed || outcome instanceof Settlement.Discarded) {
            return Optional.empty();
        }
        String reason = run.heldBack()
                .map(how -> "It was " + how + ", but runs in its caller, where nothing keeps it")
                .orElse(outcome instanceof Settlement.Failed failed ? failed.reason() : "It failed");
        return Optional.of(JobCall.cause(run.cause(), reason));
    }
}
