package io.muster.queue.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps batches: how many jobs belong together, how they ended, and what is to be pushed then. A batch is a record in the atomicity domain of
 * its queue, on which all its jobs are. Errors and threads as {@link JobStore} says. W2 to W5
 *
 * <p><b>How it changes</b> is what {@link BatchChange} computes: stores in Java call it, a script does the same. Each change is part of
 * the operation that causes it: of {@link JobStore.Intake#push} for jobs that are added; of
 * {@link JobStore.NodeDesk#exchange} for members that are settled, <em>one</em> change for all of one batch that a call (or a step of it)
 * settles; of {@link JobStore.LeaderDesk#bury} and {@link JobStore.LeaderDesk#failUnserved} for members that the store fails by
 * itself; of {@link JobStore.Intake#clear} for members that are removed while they wait, which counts as skipped; of
 * {@link JobStore.Intake#retry} for failed members that are ready again. A failed member that is forgotten or pruned stays counted as failed. A released
 * member stays pending. A member whose batch was pruned lives on and counts nowhere.
 *
 * <p>A store whose operations are too small for that writes down, in the operation that ends members, how they ended, and counts it a
 * moment later, once: {@link #find}, {@link #seal} and {@link #cancel} see all that had ended when they were called.
 *
 * <p><b>Callbacks</b> are pushed in that same operation, as {@link OutboxEntry} says. Their ids, and those of their entries, are
 * {@link DerivedId#of}{@code (batchId, "before")}, {@code "then"}, {@code "catch"} or {@code "finally"}; that of a progress-callback is
 * {@code DerivedId.of(memberId, "progress")}.
 */
public interface BatchDesk {
    /**
     * Creates a batch, pushes its before-callback if it has one, and then its first jobs, in one operation. If a batch of this id is known, that
     * one stays as it is and the jobs are pushed to it: so a repeated creation whose first try was applied changes nothing and
     * answers {@link PushOutcome.SameId} for each job. One that is not {@link NewBatch#open} and gets no job is finished at once.
     *
     * @param members at most what {@link StoreCapabilities#fitting} says, all of this batch and its queue
     * @return in the order of the members, as {@link JobStore.Intake#push} answers
     * @throws IllegalArgumentException a job or callback is too large, is not the batch's, or there are too many; nothing was created
     * @throws StoreFullException a bounded store has no room for them; nothing was created
     */
    List<PushOutcome> create(NewBatch batch, List<NewJob> members);

    /** Its creator adds no more: it finishes as soon as nothing is left to run, perhaps now. Idempotent; an unknown one stays unknown. */
    void seal(String batchId);

    /** As it is now; also finished ones until they are pruned. */
    Optional<StoredBatch> find(String batchId);

    /**
     * At most {@code limit} batches, beginning where {@code from}, the {@link BatchPage#next} of an earlier page, points to. Those of one queue
     * come newest first. One that exists all the while is listed exactly once.
     */
    BatchPage list(Optional<String> from, int limit);

    /**
     * Cancels it: its jobs still run, but are told; a finished one stays as it is. Idempotent.
     *
     * @return as it is then; empty if it is unknown
     */
    Optional<StoredBatch> cancel(String batchId);

    /**
     * Removes batches that are older than {@code ages} say, at most {@code limit}, in no certain order; answers how many: repeat while it is above 0. {@code now} is the
     * caller's wall clock; a store with a clock of its own ignores it. Jobs stay as they are.
     */
    int prune(BatchAges ages, Instant now, int limit);
}
