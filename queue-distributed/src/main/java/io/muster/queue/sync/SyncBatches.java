package io.muster.queue.sync;

import io.muster.cluster.time.Timeline;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Batches whose jobs run in the caller that creates them. A failure ends a batch that does not allow failures: its jobs behind that are skipped. Known as long as
 * the process lives, the latest thousand. Thread-safe; no lock is held while jobs run. W2
 */
final class SyncBatches implements BatchDesk {
    private static final int MOST_REMEMBERED = 1000;

    private final Timeline timeline;
    private final Runner runner;
    private final Map<String, StoredBatch> batches = new LinkedHashMap<>();

    /** Runs jobs on the calling thread, with what follows. */
    interface Runner {
        void run(OutboxEntry job, Failures failures);
    }

    SyncBatches(Timeline timeline, Runner runner) {
        this.timeline = timeline;
        this.runner = runner;
    }

    @Override
    public List<PushOutcome> create(NewBatch batch, List<NewJob> members) {
        batch.checkMembers(members);
        Failures failures = new Failures();
        List<OutboxEntry> before = begin(batch);
        members.forEach(this::added);
        before.forEach(callback -> runner.run(callback, failures));
        for (NewJob member : members) {
            if (find(batch.id()).filter(StoredBatch::cancelledByFailure).isPresent()) {
                follow(
                        change(batch.id(), state -> BatchChange.ended(state, BatchEnds.cleared(links(member)), now())),
                        failures);
            } else {
                runner.run(OutboxEntry.here(member), failures);
            }
        }
        if (!batch.open()) {
            follow(change(batch.id(), state -> BatchChange.sealed(state, now())), failures);
        }
        failures.rethrow();
        return members.stream()
                .<PushOutcome>map(member -> new PushOutcome.Pushed(member.id()))
                .toList();
    }

    @Override
    public void seal(String batchId) {
        Failures failures = new Failures();
        follow(change(batchId, state -> BatchChange.sealed(state, now())), failures);
        failures.rethrow();
    }

    @Override
    public synchronized Optional<StoredBatch> find(String batchId) {
        return Optional.ofNullable(batches.get(batchId));
    }

    @Override
    public synchronized BatchPage list(Optional<String> from, int limit) {
        List<StoredBatch> newestFirst = new ArrayList<>(batches.values());
        Collections.reverse(newestFirst);
        int begin = from.map(Integer::parseInt).orElse(0);
        int end = Math.min(newestFirst.size(), begin + limit);
        List<StoredBatch> page = begin >= end ? List.of() : newestFirst.subList(begin, end);
        return new BatchPage(page, end < newestFirst.size() ? Optional.of(String.valueOf(end)) : Optional.empty());
    }

    @Override
    public Optional<StoredBatch> cancel(String batchId) {
        change(batchId, state -> new BatchChange(BatchChange.cancelled(state, now()), List.of()));
        return find(batchId);
    }

    /** They go by themselves when there are many. */
    @Override
    public int prune(BatchAges ages, Instant now, int limit) {
        return 0;
    }

    /** Why a job cannot be added to the batch that it names. */
    Optional<PushOutcome.NotInBatch.Why> refuses(NewJob job) {
        if (job.batch().isEmpty()) {
            return Optional.empty();
        }
        Optional<StoredBatch> batch = find(job.batch().get().batchId());
        if (batch.isEmpty()) {
            return Optional.of(PushOutcome.NotInBatch.Why.UNKNOWN);
        }
        if (batch.get().finished()) {
            return Optional.of(PushOutcome.NotInBatch.Why.FINISHED);
        }
        return batch.get().queue().equals(job.queue())
                ? Optional.empty()
                : Optional.of(PushOutcome.NotInBatch.Why.OTHER_QUEUE);
    }

    /** The job belongs to its batch from now on. */
    void added(NewJob job) {
        job.batch()
                .ifPresent(member -> change(
                        member.batchId(),
                        state -> new BatchChange(BatchChange.added(state, member.links()), List.of())));
    }

    /** A member has ended; answers the callbacks that are to follow. */
    List<OutboxEntry> ended(BatchMembership member, BatchEnds ends) {
        return change(member.batchId(), state -> BatchChange.ended(state, ends, now()));
    }

    private void follow(List<OutboxEntry> callbacks, Failures failures) {
        callbacks.forEach(callback -> runner.run(callback, failures));
    }

    private synchronized List<OutboxEntry> begin(NewBatch batch) {
        if (batches.size() >= MOST_REMEMBERED) {
            batches.values().stream()
                    .filter(StoredBatch::finished)
                    .findFirst()
                    .ifPresent(oldest -> batches.remove(oldest.id()));
        }
        BatchChange created = BatchChange.created(batch, now());
        batches.put(batch.id(), created.batch());
        return created.followUps();
    }

    private synchronized List<OutboxEntry> change(String batchId, Function<StoredBatch, BatchChange> step) {
        StoredBatch state = batches.get(batchId);
        if (state == null) {
            return List.of();
        }
        BatchChange changed = step.apply(state);
        batches.put(batchId, changed.batch());
        return changed.followUps();
    }

    private static int links(NewJob member) {
        return member.batch().map(BatchMembership::links).orElse(1);
    }

    private Instant now() {
        return timeline.clock().instant();
    }
}
