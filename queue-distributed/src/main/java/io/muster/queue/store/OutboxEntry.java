package io.muster.queue.store;

import java.util.Optional;

/**
 * A job that follows from a settlement or from what became of a batch, and is pushed because of it, once: with the settlement, or relayed
 * by the leader after it. W1, W2
 *
 * <p>Without a connection it is for the very store that is told of it. Such an entry is pushed in the same atomic operation as what
 * it follows from if its queue lies in the same atomicity domain, and is never seen in the outbox then. Where it lies elsewhere (another slot of a
 * Redis Cluster; more than a coordinator's transaction takes) it is written to the outbox in that operation instead, and the
 * leader pushes it soon after. So the job is there, or will be, from the moment on at which the settlement holds. A job that is pushed so is not refused
 * for want of room; one whose id is known or whose unique key is held is not pushed, as by {@link JobStore.Intake#push}, and that does
 * not hinder the settlement.
 *
 * <p>An entry that names a connection always goes through the outbox.
 *
 * @param id unique among entries, plain characters; deterministic, so that a repeated settlement writes the same entry
 * @param connection name of the target connection; empty: this store
 */
public record OutboxEntry(String id, Optional<String> connection, NewJob job) {
    /** For this very store, under the job's own id. */
    public static OutboxEntry here(NewJob job) {
        return new OutboxEntry(job.id(), Optional.empty(), job);
    }

    /** For another connection, under the job's own id. */
    public static OutboxEntry to(String connection, NewJob job) {
        return new OutboxEntry(job.id(), Optional.of(connection), job);
    }

    /** The same for a job of another id: how a template of a batch becomes a job. */
    public OutboxEntry withJobId(String jobId) {
        return new OutboxEntry(jobId, connection, job.withId(jobId));
    }
}
