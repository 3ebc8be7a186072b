package io.muster.queue.store;

import java.time.Instant;
import java.util.Optional;

/**
 * A job as the store has it.
 *
 * @param payload empty for completed and discarded jobs, of which only the id is remembered
 * @param dueAt when it becomes or became ready, if it was delayed
 * @param holder incarnation it is assigned to or runs on
 * @param reason why it failed or was discarded
 * @param detail more of it: a stack trace
 * @param settledAt when it completed, failed or was discarded, by the store's clock
 */
public record StoredJob(
        String id,
        String queue,
        String type,
        byte[] payload,
        JobState state,
        int priority,
        Counters counters,
        Instant pushedAt,
        Optional<Instant> dueAt,
        Optional<String> holder,
        Optional<String> reason,
        Optional<String> detail,
        Optional<Instant> settledAt) {
    /** Reason of a job that used up its crashes (J12). */
    public static final String CRASHED = "crashed too often as the only suspect on its node";
    /** Reason of a job whose type no live node served for too long (J1). */
    public static final String UNSERVED = "no live node serves its type";

    @Override
    public String toString() {
        return "StoredJob[" + id + ", " + type + " on " + queue + ", " + state + ", " + counters + "]";
    }
}
