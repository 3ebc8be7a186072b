package io.muster.queue.store;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A batch as the store has it. {@link BatchChange} says how it changes. W2, W4
 *
 * @param open its creator adds more
 * @param total jobs that were added, links of chains that are still to follow included
 * @param succeeded of these, completed or deleted
 * @param failed failed, and not retried since
 * @param skipped never to run: links behind a failed one, what was removed while it waited, what was discarded while the batch was cancelled
 * @param cancelledAt by hand or by a failure
 * @param cancelledByFailure a failed job has cancelled it; retrying one lifts that
 * @param finishedAt nothing is left to run
 * @param firstFailure the first job that failed in it
 * @param happened what has happened and does not happen again, whether it has a callback or not; without {@link BatchEvent#PROGRESS}
 */
public record StoredBatch(
        String id,
        String name,
        String queue,
        boolean allowsFailures,
        boolean open,
        int total,
        int succeeded,
        int failed,
        int skipped,
        Instant createdAt,
        Optional<Instant> cancelledAt,
        boolean cancelledByFailure,
        Optional<Instant> finishedAt,
        Optional<Failure> firstFailure,
        Set<BatchEvent> happened,
        Map<BatchEvent, OutboxEntry> callbacks) {
    public StoredBatch {
        happened = Set.copyOf(happened);
        callbacks = Map.copyOf(callbacks);
    }

    /**
     * A failed job.
     *
     * @param reason as the job has it, at most {@link #MOST_REASON_CHARACTERS} of it
     */
    public record Failure(String jobId, String reason) {
        public static final int MOST_REASON_CHARACTERS = 1000;

        public Failure {
            reason = reason.length() <= MOST_REASON_CHARACTERS ? reason : reason.substring(0, MOST_REASON_CHARACTERS);
        }
    }

    /** What waits or runs, links that are still to follow included. */
    public int pending() {
        return total - processed();
    }

    /** What has ended in some way, or never will begin. */
    public int processed() {
        return succeeded + failed + skipped;
    }

    /** In whole percent, rounded down; 100 for an empty one. */
    public int progress() {
        return total == 0 ? 100 : (int) (100L * processed() / total);
    }

    public boolean finished() {
        return finishedAt.isPresent();
    }

    public boolean cancelled() {
        return cancelledAt.isPresent();
    }

    @Override
    public String toString() {
        return "StoredBatch[" + id + " \"" + name + "\" on " + queue + ", " + succeeded + " succeeded, " + failed
                + " failed, " + skipped + " skipped of " + total + (cancelled() ? ", cancelled" : "")
                + (finished() ? ", finished" : "") + "]";
    }
}
