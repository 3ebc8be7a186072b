package io.muster.queue.sync;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobType;
import io.muster.queue.job.PayloadException;
import io.muster.queue.job.Workflows;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.worker.CallerRun;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs each job on the thread that pushes it, once, before the push returns, and then what follows on it: the next links of its chain, callbacks. What fails is
 * thrown to the caller after what is to follow on the failure has run; if several fail, the others stand beside the first as suppressed.
 * Delays, priorities and tries are nothing here. A unique key or one that must not overlap is held while its job runs, in this process. Thread-safe. Q2, J3
 */
public final class SyncJobs {
    private static final JobType<BatchLink> BATCH = JobType.of(BatchLink.TYPE, BatchLink.class);

    private final CallerRun caller;
    private final Supplier<Workflows> workflows;
    private final Timeline timeline;
    private final Onward onward;
    private final HeldKeys unique;
    private final HeldKeys overlaps;
    private final SyncBatches batches;

    /** The way of what these jobs bring about out of here. */
    public interface Onward {
        /** Whether a job that follows is for this caller. */
        boolean isHere(OutboxEntry entry);

        /** Pushes what is not. */
        void push(OutboxEntry entry);

        /** The failure of a job as its caller is to see it: unchecked. */
        Throwable told(NewJob job, Throwable cause);
    }

    public SyncJobs(CallerRun caller, Supplier<Workflows> workflows, Timeline timeline, Onward onward) {
        this.caller = caller;
        this.workflows = workflows;
        this.timeline = timeline;
        this.onward = onward;
        this.unique = new HeldKeys(timeline);
        this.overlaps = new HeldKeys(timeline);
        this.batches = new SyncBatches(timeline, this::run);
    }

    /** The batches of jobs that run here. */
    public BatchDesk batches() {
        return batches;
    }

    /**
     * Runs it and what follows.
     *
     * @return that it ran, or why it was not run: another holds its unique key, or its batch is finished
     */
    public PushOutcome push(NewJob job) {
        Optional<PushOutcome.NotInBatch.Why> refused = batches.refuses(job);
        if (refused.isPresent()) {
            return new PushOutcome.NotInBatch(
                    job.id(), job.batch().map(BatchMembership::batchId).orElse(""), refused.get());
        }
        Optional<String> holder = job.unique().flatMap(key -> unique.take(key.key(), job.id(), key.heldFor()));
        if (holder.isPresent()) {
            return new PushOutcome.DuplicateOf(job.id(), holder.get());
        }
        if (job.unique()
                .filter(key -> key.until() == UniqueKey.Until.PROCESSING)
                .isPresent()) {
            free(job);
        }
        batches.added(job);
        Failures failures = new Failures();
        run(OutboxEntry.here(job), failures);
        failures.rethrow();
        return new PushOutcome.Pushed(job.id());
    }

    private void run(OutboxEntry first, Failures failures) {
        Deque<OutboxEntry> next = new ArrayDeque<>(List.of(first));
        while (!next.isEmpty()) {
            OutboxEntry entry = next.remove();
            if (onward.isHere(entry)) {
                next.addAll(run(entry.job(), failures));
            } else {
                push(entry, failures);
            }
        }
    }

    private void push(OutboxEntry entry, Failures failures) {
        try {
            onward.push(entry);
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    /** Answers what follows. */
    private List<OutboxEntry> run(NewJob job, Failures failures) {
        if (job.type().equals(BatchLink.TYPE)) {
            return begin(job, failures);
        }
        CallerRun.Ended ended;
        try {
            ended = attempt(job);
        } finally {
            free(job);
        }
        ended.failure().ifPresent(cause -> failures.add(onward.told(job, cause)));
        List<OutboxEntry> following = new ArrayList<>(ended.following());
        job.batch()
                .map(member -> batches.ended(
                        member, BatchEnds.of(job.id(), member.links(), ended.outcome(), linksIn(member, following))))
                .ifPresent(following::addAll);
        return following;
    }

    private CallerRun.Ended attempt(NewJob job) {
        Optional<String> overlap = job.overlap().map(OverlapKey::key);
        Optional<String> holder = job.overlap().flatMap(key -> overlaps.take(key.key(), job.id(), key.expireAfter()));
        if (holder.isPresent()) {
            return caller.refused(
                    job,
                    "Job " + holder.get() + " runs and holds the key \"" + overlap.orElse("")
                            + "\"; this one would wait, but runs in its caller, where nothing keeps it");
        }
        try {
            return caller.run(job);
        } catch (PayloadException e) {
            return caller.failed(job, e);
        } finally {
            overlap.ifPresent(key -> overlaps.free(key, job.id()));
        }
    }

    /** What follows on the batch follows from its end, but if the chain is in a batch itself: that one waits for the rest of the chain. */
    private List<OutboxEntry> begin(NewJob job, Failures failures) {
        Settlement.Outcome outcome = new Settlement.Completed();
        JobFlow flow = JobFlow.NONE;
        try {
            flow = JobFlow.of(job.payload());
            BatchLink batch = JobEnvelope.read(job.payload()).job(BATCH);
            workflows.get().begin(batch, job.batch().isPresent() ? JobFlow.NONE : flow);
        } catch (RuntimeException | Error e) {
            failures.add(e);
            outcome = new Settlement.Failed("A batch in the chain failed: " + e, "", Settlement.Why.EXCEPTION);
        }
        if (job.batch().isEmpty()) {
            return List.of();
        }
        Settlement.Outcome ended = outcome;
        List<OutboxEntry> following =
                new ArrayList<>(flow.following(job.id(), ended, timeline.clock().instant()));
        job.batch()
                .map(member -> batches.ended(
                        member, BatchEnds.of(job.id(), member.links(), ended, linksIn(member, following))))
                .ifPresent(following::addAll);
        return following;
    }

    private static int linksIn(BatchMembership batch, List<OutboxEntry> following) {
        return following.stream()
                .flatMap(entry -> entry.job().batch().stream())
                .filter(member -> member.batchId().equals(batch.batchId()))
                .mapToInt(BatchMembership::links)
                .sum();
    }

    private void free(NewJob job) {
        job.unique().ifPresent(key -> unique.free(key.key(), job.id()));
    }
}
