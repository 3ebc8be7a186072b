package io.muster.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import io.muster.queue.job.Batch;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.JobLink;
import io.muster.queue.job.Workflows;
import io.muster.queue.store.BatchEvent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Jobs that belong together: what is to happen when one, the first failed, or all of them have ended. Callbacks are jobs like others, on the batch's queue unless
 * they name another; {@link io.muster.queue.job.JobContext#batch} gives them the batch. Begun by {@link Queue#batch}. Not thread-safe. W2
 */
@CheckReturnValue
public final class BatchBuilder {
    private final WorkflowDesk desk;
    private final String name;
    private final List<List<?>> chains = new ArrayList<>();
    private final Map<BatchEvent, Object> callbacks = new EnumMap<>(BatchEvent.class);
    private Workflows.Place place;
    private boolean allowsFailures;
    private Optional<Boolean> afterCommit = Optional.empty();
    private boolean jobsWait;

    BatchBuilder(WorkflowDesk desk, String name) {
        this.desk = desk;
        this.name = name;
        this.place = new Workflows.Place(desk.defaultQueue(), true, Optional.empty());
    }

    /** Adds jobs that run in any order. */
    public BatchBuilder add(Object... jobs) {
        return add(List.of(jobs));
    }

    /** As {@link #add(Object...)}. */
    public BatchBuilder add(List<?> jobs) {
        for (Object job : jobs) {
            if (job instanceof BatchBuilder) {
                throw new IllegalArgumentException(
                        "A batch cannot be in a batch; chain them, add its jobs to this one, or addChain it");
            }
            chains.add(List.of(job));
        }
        return this;
    }

    /** Adds jobs that run one after another; each of them counts, a batch among them as one job that ends with it. W3 */
    public BatchBuilder addChain(Object... jobs) {
        if (jobs.length == 0) {
            throw new IllegalArgumentException("A chain needs a job at least");
        }
        chains.add(List.of(jobs));
        return this;
    }

    /** The queue for all of its jobs, whatever these name. */
    public BatchBuilder onQueue(String chosen) {
        place = new Workflows.Place(chosen, true, Optional.empty());
        return this;
    }

    /** A failed job does not cancel it. */
    public BatchBuilder allowFailures() {
        allowsFailures = true;
        return this;
    }

    /** Created when all transactions have committed that are open on this thread; never if they roll back. J4 */
    public BatchBuilder afterCommit() {
        afterCommit = Optional.of(true);
        return this;
    }

    /** Created at once, whatever its jobs or the connection say. J4 */
    public BatchBuilder beforeCommit() {
        afterCommit = Optional.of(false);
        return this;
    }

    /** Pushed once it is created, before its first job. */
    public BatchBuilder before(Object job) {
        return callback(BatchEvent.BEFORE, job);
    }

    /** Pushed each time that a job of it has ended well. */
    public BatchBuilder progress(Object job) {
        return callback(BatchEvent.PROGRESS, job);
    }

    /** Pushed once all of its jobs have ended well. */
    public BatchBuilder then(Object job) {
        return callback(BatchEvent.THEN, job);
    }

    /** Pushed once, when the first of its jobs has failed; {@link io.muster.queue.job.JobContext#failure} says which and why. */
    public BatchBuilder catching(Object job) {
        return callback(BatchEvent.CATCH, job);
    }

    /** Pushed once nothing of it is left to run, however that ended. */
    public BatchBuilder onFinally(Object job) {
        return callback(BatchEvent.FINALLY, job);
    }

    private BatchBuilder callback(BatchEvent event, Object job) {
        if (callbacks.putIfAbsent(event, job) != null) {
            throw new IllegalArgumentException("A batch has one callback for " + event.word()
                    + "; let one job do both, or chain another behind it");
        }
        return this;
    }

    /**
     * Creates it and pushes its jobs, all or nothing as far as the store takes them at once. If this process dies while it pushes more than that, what is
     * pushed runs, and the batch does not finish: it is pruned in time. Unique keys of its jobs are ignored, with one
     * warning.
     *
     * <p>It waits for open transactions (J4) if it says so, else if one of its jobs or callbacks does. Then this answers what the batch is going to
     * be; it is not found before the commit, and never if there is none.
     *
     * @throws QueueException the store does not take it
     * @throws io.muster.queue.job.PayloadException a job cannot be written, or its class is not registered
     */
    @CanIgnoreReturnValue
    public Batch dispatch() {
        Linking linking = new Linking();
        BatchLink batch = link(linking);
        linking.warn();
        return desk.begin(batch, waits());
    }

    /** Once it is a link. */
    boolean waits() {
        return afterCommit.orElse(jobsWait);
    }

    /** As a job of a chain. */
    BatchLink link(Linking all) {
        Linking linking = all.within();
        String id = desk.nextId();
        Map<BatchEvent, JobLink> calls = new EnumMap<>(BatchEvent.class);
        Workflows.Place free = new Workflows.Place(place.queue(), false, Optional.empty());
        callbacks.forEach((event, job) -> calls.put(event, desk.callback(event, job, free, id, linking)));
        List<List<JobLink>> jobs =
                chains.stream().map(chain -> desk.links(chain, place, linking)).toList();
        jobsWait = chains.isEmpty() ? desk.waitsByDefault() : linking.waits();
        return BatchLink.of(id, name, place.queue(), allowsFailures, jobs, calls);
    }
}
