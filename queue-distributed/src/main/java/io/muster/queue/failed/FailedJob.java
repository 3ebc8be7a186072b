package io.muster.queue.failed;

import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.Counters;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A job that failed for good. F1
 *
 * @param connection name of the connection that keeps it
 * @param tags as far as its payload says them
 * @param failedAt by the store's clock
 * @param exception what was thrown in its last attempt, as one line, or another reason
 * @param stackTrace in full, causes included; empty if nothing was thrown
 * @param node on which its last attempt ran; empty if it failed without one: crashed too often, or served by nobody
 * @param attempts how its attempts ended
 */
public record FailedJob(
        String id,
        String connection,
        String queue,
        String type,
        Set<String> tags,
        int priority,
        Instant pushedAt,
        Optional<Instant> failedAt,
        String exception,
        String stackTrace,
        Optional<String> node,
        Counters attempts) {
    static FailedJob of(String connection, StoredJob job) {
        FailureNote note = FailureNote.of(job.detail().orElse(""));
        return new FailedJob(
                job.id(),
                connection,
                job.queue(),
                job.type(),
                tags(job),
                job.priority(),
                job.pushedAt(),
                job.settledAt(),
                job.reason().orElse(""),
                note.stackTrace(),
                note.node(),
                job.counters());
    }

    private static Set<String> tags(StoredJob job) {
        try {
            return JobEnvelope.read(job.payload()).options().tags().orElse(Set.of());
        } catch (PayloadException unreadable) {
            return Set.of();
        }
    }
}
