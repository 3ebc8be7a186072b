package io.muster.queue;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobIds;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.worker.CallerRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    static Storeless sync(String connection, JobTypes types, Timeline timeline) {
        return new Storeless(types, timeline, job -> runInCaller(connection, job, types, timeline));
    }

    static Storeless dropping(JobTypes types, Timeline timeline) {
        return new Storeless(types, timeline, job -> {});
    }

    @Override
    public Instant now() {
        return timeline.clock().instant();
    }

    @Override
    public NewJob encode(Object job, String queue, JobOptions options, Optional<String> id) {
        return NewJob.of(
                id.orElseGet(() -> JobIds.next(timeline)),
                queue,
                types.of(job).name(),
                JobEnvelope.write(job, options));
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

    private static void runInCaller(String connection, NewJob job, JobTypes types, Timeline timeline) {
        try {
            CallerRun.run(job, types, timeline);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new QueueException(
                    "Job " + job.id() + " of type \"" + job.type() + "\" on queue \"" + job.queue()
                            + "\" of connection \"" + connection + "\" failed: " + e.getMessage(),
                    e);
        }
    }
}
