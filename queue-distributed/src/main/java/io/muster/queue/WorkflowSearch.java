package io.muster.queue;

import io.muster.queue.explain.Cause;
import io.muster.queue.explain.WorkflowCause;
import io.muster.queue.explain.WorkflowCause.Front;
import io.muster.queue.explain.WorkflowCause.OnItsWay;
import io.muster.queue.explain.WorkflowCause.OnItsWay.HeldUp;
import io.muster.queue.explain.WorkflowCause.OnItsWay.Share;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobLink;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.DerivedId;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds where chains and batches stand: what is still to be pushed lies with the jobs and batches that it follows on, so that these are looked
 * through, page by page and up to a limit. For people.
 */
final class WorkflowSearch {
    private static final int PAGE = 200;
    private static final int MOST_LOOKED_AT = 5_000;
    private static final int MOST_BATCHES = 2_000;
    private static final List<JobState> CARRYING =
            List.of(JobState.RUNNING, JobState.ASSIGNED, JobState.READY, JobState.DELAYED, JobState.FAILED);

    private final JobStore store;
    private final Function<Optional<String>, Optional<HeldUp>> heldUp;

    /** {@code heldUp} says what keeps the leader from pushing to a connection, without a name to this one. */
    WorkflowSearch(JobStore store, Function<Optional<String>, Optional<HeldUp>> heldUp) {
        this.store = store;
        this.heldUp = heldUp;
    }

    /**
     * Why something of this id is not in the store: it is still to be pushed, is on its way, is a batch, or nobody knows it. In the order in which
     * it goes: what moves meanwhile is found where it goes to, in the end in the store.
     */
    List<Cause> unknown(String id) {
        Looked jobs = jobs(id);
        return jobs.found()
                .or(() -> outbox(id))
                .or(() -> batches(id))
                .<List<Cause>>map(List::of)
                .orElseGet(() -> List.of(new Cause.UnknownId(id, jobs.stoppedAt())));
    }

    /** Where the chain is now that this job began, if it has come further. */
    Optional<Cause> chainOf(String firstJobId) {
        return jobs(firstJobId).found().or(() -> outbox(firstJobId)).or(() -> batches(firstJobId));
    }

    /** What the job's batch has to say. */
    Optional<Cause> batchOf(StoredJob job) {
        return JobFlow.of(job.payload()).batch().flatMap(this::batch).flatMap(batch -> batch.cancelledAt()
                .map(at -> new WorkflowCause.BatchCancelled(batch.id(), batch.name(), at)));
    }

    /** What was found; else after how many jobs the search was given up, if not all were looked at. */
    private record Looked(Optional<Cause> found, Optional<Integer> stoppedAt) {}

    private Looked jobs(String id) {
        int looked = 0;
        for (QueueCounts counts : store.intake().counts()) {
            for (JobState state : CARRYING) {
                Optional<String> from = Optional.empty();
                do {
                    if (looked >= MOST_LOOKED_AT) {
                        return new Looked(Optional.empty(), Optional.of(looked));
                    }
                    JobPage page = store.intake().list(counts.queue(), state, from, PAGE);
                    looked += page.jobs().size();
                    Optional<Cause> found = page.jobs().stream()
                            .flatMap(job -> behind(job, id).stream())
                            .findFirst();
                    if (found.isPresent()) {
                        return new Looked(found, Optional.empty());
                    }
                    from = page.next();
                } while (from.isPresent());
            }
        }
        return new Looked(Optional.empty(), Optional.empty());
    }

    private static Optional<Cause> behind(StoredJob job, String id) {
        JobFlow flow = JobFlow.of(job.payload());
        int place = place(flow.links(), id);
        if (place > 0) {
            return Optional.of(new WorkflowCause.LinkWaits(place, Front.of(job)));
        }
        if (flow.caught().filter(link -> link.job().id().equals(id)).isPresent()) {
            return Optional.of(new WorkflowCause.CatchWaits(Front.of(job)));
        }
        return flow.chain()
                .filter(id::equals)
                .map(chain ->
                        new WorkflowCause.ChainAt(Front.of(job), flow.links().size()));
    }

    /** From 1; 0 if it is none of them. */
    private static int place(List<JobLink> links, String id) {
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).job().id().equals(id)) {
                return i + 1;
            }
        }
        return 0;
    }

    private Optional<Cause> outbox(String id) {
        Optional<String> from = Optional.empty();
        int looked = 0;
        do {
            OutboxPage page = store.leader().outbox(from, PAGE);
            looked += page.entries().size();
            Optional<Cause> found = page.entries().stream()
                    .flatMap(entry -> share(entry, id).stream().map(share -> onItsWay(entry, share)))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
            from = page.next();
        } while (from.isPresent() && looked < MOST_LOOKED_AT);
        return Optional.empty();
    }

    private static Optional<Share> share(OutboxEntry entry, String id) {
        if (entry.job().id().equals(id)) {
            return Optional.of(Share.ITSELF);
        }
        JobFlow flow = JobFlow.of(entry.job().payload());
        if (place(flow.links(), id) > 0) {
            return Optional.of(Share.LINK);
        }
        if (flow.caught().filter(link -> link.job().id().equals(id)).isPresent()) {
            return Optional.of(Share.CATCH);
        }
        return flow.chain().filter(id::equals).map(chain -> Share.CHAIN);
    }

    private Cause onItsWay(OutboxEntry entry, Share share) {
        NewJob job = entry.job();
        return new OnItsWay(
                share, job.id(), job.type(), job.queue(), entry.connection(), heldUp.apply(entry.connection()));
    }

    private Optional<StoredBatch> batch(String id) {
        return store.capabilities().keepsBatches() ? store.batches().find(id) : Optional.empty();
    }

    private Optional<Cause> batches(String id) {
        if (!store.capabilities().keepsBatches()) {
            return Optional.empty();
        }
        Optional<StoredBatch> itself = store.batches().find(id);
        if (itself.isPresent()) {
            return itself.map(batch -> told(batch, BatchEvent.FINALLY));
        }
        Optional<String> from = Optional.empty();
        int looked = 0;
        do {
            BatchPage page = store.batches().list(from, PAGE);
            looked += page.batches().size();
            Optional<Cause> found = page.batches().stream()
                    .flatMap(batch -> awaited(batch, id).stream().map(event -> told(batch, event)))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
            from = page.next();
        } while (from.isPresent() && looked < MOST_BATCHES);
        return Optional.empty();
    }

    private static Cause told(StoredBatch batch, BatchEvent awaits) {
        return batch.finishedAt()
                .<Cause>map(
                        at -> new WorkflowCause.BatchEnded(batch.id(), batch.name(), at, batch.failed(), batch.total()))
                .orElseGet(() -> WorkflowCause.BatchRuns.of(batch, awaits));
    }

    /** Which of the batch's callbacks is this job, or is followed by it. */
    private static Optional<BatchEvent> awaited(StoredBatch batch, String id) {
        return batch.callbacks().entrySet().stream()
                .filter(callback ->
                        DerivedId.of(batch.id(), callback.getKey().word()).equals(id)
                                || follows(callback.getValue(), id))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static boolean follows(OutboxEntry callback, String id) {
        JobFlow flow = JobFlow.of(callback.job().payload());
        return place(flow.links(), id) > 0
                || callback.job().id().equals(id)
                || flow.chain().filter(id::equals).isPresent();
    }
}
