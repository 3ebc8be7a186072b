package io.muster.queue;

import io.muster.queue.job.Batch;
import io.muster.queue.job.JobFlow;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoredJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The batches of a connection, from any node. Thread-safe; calls block. W4, W5 */
public final class Batches {
    private static final int PAGE = 100;

    private final JobStore store;
    private final WorkflowDesk desk;

    Batches(JobStore store, WorkflowDesk desk) {
        this.store = store;
        this.desk = desk;
    }

    /** A page of batches. */
    public record Page(List<Batch> batches, Optional<String> next) {}

    /** Also a finished one, until it is pruned. */
    public Optional<Batch> find(String batchId) {
        return desk.find(batchId).map(stored -> new Batch(stored, desk.late()));
    }

    /** At most {@code limit}, those of one queue newest first, beginning where {@code from}, the {@link Page#next} of an earlier page, points to. */
    public Page list(Optional<String> from, int limit) {
        BatchPage page = store.batches().list(from, limit);
        return new Page(
                page.batches().stream()
                        .map(stored -> new Batch(stored, desk.late()))
                        .toList(),
                page.next());
    }

    /** See {@link Batch#cancel}; empty if it is unknown. */
    public Optional<Batch> cancel(String batchId) {
        return desk.cancel(batchId).map(stored -> new Batch(stored, desk.late()));
    }

    /**
     * Runs the failed jobs of a batch again, which lifts a cancellation by their failure; answers how many. Its then callback may still be pushed, once; its
     * finally callback not again. W5
     *
     * @throws IllegalArgumentException it is unknown
     */
    public int retry(String batchId) {
        Batch batch = find(batchId)
                .orElseThrow(() ->
                        new IllegalArgumentException("No batch \"" + batchId + "\" is known; perhaps it was pruned"));
        List<String> failed = new ArrayList<>();
        Optional<String> from = Optional.empty();
        do {
            JobPage page = store.intake().list(batch.queue(), JobState.FAILED, from, PAGE);
            page.jobs().stream().filter(job -> isOf(batchId, job)).forEach(job -> failed.add(job.id()));
            from = page.next();
        } while (from.isPresent());
        int retried = 0;
        for (int i = 0; i < failed.size(); i += JobStore.Intake.MOST_IDS) {
            List<String> some = failed.subList(i, Math.min(failed.size(), i + JobStore.Intake.MOST_IDS));
            retried += (int) store.intake().retry(some).stream()
                    .filter(RetryOutcome.Retried.class::isInstance)
                    .count();
        }
        return retried;
    }

    /** Removes batches that are older; their jobs stay as they are. Answers how many. The leader does so too, by {@link BatchAges#DEFAULT}. W5 */
    public int prune(BatchAges ages) {
        int pruned = 0;
        int more;
        do {
            more = store.batches().prune(ages, desk.now(), PAGE);
            pruned += more;
        } while (more > 0);
        return pruned;
    }

    private static boolean isOf(String batchId, StoredJob job) {
        return JobFlow.of(job.payload()).batch().filter(batchId::equals).isPresent();
    }
}
