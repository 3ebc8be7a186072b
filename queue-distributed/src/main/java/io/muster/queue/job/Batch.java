package io.muster.queue.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.queue.store.StoredBatch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A batch as it was when it was looked up; what changes it asks the store. Thread-safe. W2 to W5
 *
 * <p>What is pending has not ended yet: it waits, runs, was released, or is a link of a chain whose turn has not come. What will never run (links behind a
 * failed one, what was removed from its queue, what was dropped because the batch is cancelled) counts as processed.
 */
public final class Batch {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StoredBatch stored;
    private final Supplier<Workflows> workflows;

    public Batch(StoredBatch stored, Supplier<Workflows> workflows) {
        this.stored = stored;
        this.workflows = workflows;
    }

    public String id() {
        return stored.id();
    }

    public String name() {
        return stored.name();
    }

    public String queue() {
        return stored.queue();
    }

    public int totalJobs() {
        return stored.total();
    }

    public int pendingJobs() {
        return stored.pending();
    }

    public int failedJobs() {
        return stored.failed();
    }

    public int processedJobs() {
        return stored.processed();
    }

    /** In percent, from 0 to 100. */
    public int progress() {
        return stored.progress();
    }

    /** Whether nothing is left to run. */
    public boolean finished() {
        return stored.finished();
    }

    public boolean cancelled() {
        return stored.cancelled();
    }

    public boolean allowsFailures() {
        return stored.allowsFailures();
    }

    public Instant createdAt() {
        return stored.createdAt();
    }

    public Optional<Instant> cancelledAt() {
        return stored.cancelledAt();
    }

    public Optional<Instant> finishedAt() {
        return stored.finishedAt();
    }

    /** The first of its jobs that failed, and why: what a catch callback asks for. */
    public Optional<JobFailure> firstFailure() {
        return stored.firstFailure().map(failure -> new JobFailure(failure.jobId(), failure.reason()));
    }

    /** As it is now; as it was if it has been pruned since. */
    public Batch refreshed() {
        return workflows.get().find(id()).map(now -> new Batch(now, workflows)).orElse(this);
    }

    /** Cancels it: its jobs still reach their handlers, but are told. No effect on a finished one. W5 */
    public Batch cancel() {
        return workflows
                .get()
                .cancel(id())
                .map(now -> new Batch(now, workflows))
                .orElse(this);
    }

    /**
     * Adds jobs, in chunks that are applied all or nothing; they go to the batch's queue. From within one of its own jobs it is certain that it is not
     * finished yet. W3
     *
     * @throws IllegalStateException it is finished
     */
    public void add(Object... jobs) {
        add(List.of(jobs));
    }

    /** As {@link #add(Object...)}. */
    public void add(List<?> jobs) {
        workflows.get().add(this, jobs);
    }

    /** {@code {id, name, totalJobs, pendingJobs, processedJobs, progress, failedJobs, …}}; moments in ISO 8601 or null. W4 */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", id());
        node.put("name", name());
        node.put("queue", queue());
        node.put("totalJobs", totalJobs());
        node.put("pendingJobs", pendingJobs());
        node.put("processedJobs", processedJobs());
        node.put("progress", progress());
        node.put("failedJobs", failedJobs());
        node.put("finished", finished());
        node.put("cancelled", cancelled());
        node.put("allowsFailures", allowsFailures());
        node.put("createdAt", createdAt().toString());
        node.put("cancelledAt", cancelledAt().map(Instant::toString).orElse(null));
        node.put("finishedAt", finishedAt().map(Instant::toString).orElse(null));
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of texts and numbers can be written", e);
        }
    }

    @Override
    public String toString() {
        return stored.toString();
    }
}
