package io.muster.queue;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobIds;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.worker.CallerRun;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The drivers that keep nothing. {@code sync} runs a job in the caller, which gets what its handler throws; {@code null} drops it. Both
 * ignore delays, priorities and keys, as there is nothing that could wait.
 */
final class Storeless implements Outlet {
    private final JobTypes types;
    private final Timeline timeline;
    private final Consumer<NewJob> action;

    private Storeless(JobTypes types, Timeline timeline, Consumer<NewJob> action) {
        this.types = types;
        this.timeline = timeline;
        this.action = action;
    }

    static Storeless sync(String connection, JobTypes types, CallerRun caller, Timeline timeline) {
        return new Storeless(types, timeline, job -> runInCaller(connection, job, types, caller));
    }

    static Storeless dropping(JobTypes types, Timeline timeline) {
        return new Storeless(types, timeline, job -> {});
    }

    @Override
    public Instant now() {
        return timeline.clock().instant();
    }

    @Override
    public void pause(Duration duration) {
        timeline.await(new CompletableFuture<Void>(), Deadline.after(duration, timeline.ticker()));
    }

    @Override
    public String nextId() {
        return JobIds.next(timeline);
    }

    @Override
    public NewJob encode(Object job, String queue, JobOptions options, PayloadBinding binding) {
        JobType<?> type = types.of(job);
        return NewJob.of(
                binding.id(), queue, type.name(), JobEnvelope.write(job, options, types.keys(), type, binding));
    }

    @Override
    public boolean keeps(NewJob job) {
        return false;
    }

    @Override
    public PushOutcome push(NewJob job) {
        action.accept(job);
        return new PushOutcome.Pushed(job.id());
    }

    /** Runs before it returns: there is no other thread that would. */
    @Override
    public CompletableFuture<PushOutcome> pushAsync(NewJob job) {
        try {
            return CompletableFuture.completedFuture(push(job));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** In order; what a handler throws ends it, and those behind are not run. */
    @Override
    public List<PushOutcome> bulk(List<NewJob> jobs) {
        return jobs.stream().map(this::push).toList();
    }

    /** By way of its payload, so that what cannot be written or read is found here too. */
    private static void runInCaller(String connection, NewJob job, JobTypes types, CallerRun caller) {
        JobType<?> type = types.named(job.type())
                .orElseThrow(() -> new PayloadException("Job type \"" + job.type() + "\" has no handler here"));
        Object read = JobEnvelope.read(job.payload())
                .opened(types.keys(), type, job.id())
                .job(type);
        caller.run(job.id(), job.queue(), read, JobOptions.DEFAULT).ifPresent(cause -> rethrow(connection, job, cause));
    }

    private static void rethrow(String connection, NewJob job, Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new QueueException(
                "Job " + job.id() + " of type \"" + job.type() + "\" on queue \"" + job.queue() + "\" of connection \""
                        + connection + "\" failed: " + cause.getMessage(),
                cause);
    }
}
