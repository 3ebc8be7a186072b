package io.muster.queue;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobIds;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.sync.SyncJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The drivers that keep nothing. {@code sync} runs a job in the caller, which gets what its handler throws, as {@link SyncJobs} says;
 * {@code null} drops it. Both ignore delays and priorities, as there is nothing that could wait.
 */
final class Storeless implements Outlet {
    private final JobTypes types;
    private final Timeline timeline;
    private final Fate fate;
    private final Function<NewJob, PushOutcome> action;

    private Storeless(JobTypes types, Timeline timeline, Fate fate, Function<NewJob, PushOutcome> action) {
        this.types = types;
        this.timeline = timeline;
        this.fate = fate;
        this.action = action;
    }

    static Storeless sync(JobTypes types, SyncJobs jobs, Timeline timeline) {
        return new Storeless(types, timeline, Fate.RUNS, jobs::push);
    }

    static Storeless dropping(JobTypes types, Timeline timeline) {
        return new Storeless(types, timeline, Fate.DROPPED, job -> new PushOutcome.Pushed(job.id()));
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
        return NewJob.toldOf(
                binding.id(), queue, type.name(), JobEnvelope.write(job, options, types.keys(), type, binding));
    }

    @Override
    public Fate fate(NewJob job) {
        return fate;
    }

    @Override
    public PushOutcome push(NewJob job) {
        return action.apply(job);
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
}
