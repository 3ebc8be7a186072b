package io.muster.queue.store;

import io.muster.cluster.spi.Key;
import java.time.Instant;
import java.util.Optional;

/**
 * A job as it is pushed. The store understands what it needs to hand the job out; everything else is in the payload.
 *
 * @param id unique; plain characters {@code A-Z a-z 0-9 . _ ~ -}, at most 100
 * @param queue its queue; any text that {@link Key#segment} accepts
 * @param type stable type name, by which nodes say what they serve
 * @param payload opaque bytes; the store copies them or is done with them when push returns
 * @param priority higher goes first within a queue, −1000 to 1000
 * @param dueAt not before this moment, judged as design 7 says; empty: at once
 * @param maxCrashes how often it may crash as a suspect before it fails (J12)
 * @param unique at most one live job per key (J5)
 * @param overlap at most one valid attempt per key (M3)
 */
public record NewJob(
        String id,
        String queue,
        String type,
        byte[] payload,
        int priority,
        Optional<Instant> dueAt,
        int maxCrashes,
        Optional<UniqueKey> unique,
        Optional<OverlapKey> overlap) {
    public static final int DEFAULT_MAX_CRASHES = 3;
    private static final int MOST_ID_CHARACTERS = 100;
    private static final int MOST_PRIORITY = 1000;

    public NewJob {
        checkId(id);
        Key.segment(queue);
        Key.segment(type);
        if (priority < -MOST_PRIORITY || priority > MOST_PRIORITY) {
            throw new IllegalArgumentException("priority must be between -1000 and 1000, not " + priority);
        }
        if (maxCrashes < 1) {
            throw new IllegalArgumentException("maxCrashes must be at least 1, not " + maxCrashes);
        }
    }

    /** A job without delay, priority or keys. */
    public static NewJob of(String id, String queue, String type, byte[] payload) {
        return new NewJob(
                id, queue, type, payload, 0, Optional.empty(), DEFAULT_MAX_CRASHES, Optional.empty(), Optional.empty());
    }

    public NewJob withPriority(int changed) {
        return new NewJob(id, queue, type, payload, changed, dueAt, maxCrashes, unique, overlap);
    }

    public NewJob withDueAt(Instant changed) {
        return new NewJob(id, queue, type, payload, priority, Optional.of(changed), maxCrashes, unique, overlap);
    }

    public NewJob withMaxCrashes(int changed) {
        return new NewJob(id, queue, type, payload, priority, dueAt, changed, unique, overlap);
    }

    public NewJob withUnique(UniqueKey changed) {
        return new NewJob(id, queue, type, payload, priority, dueAt, maxCrashes, Optional.of(changed), overlap);
    }

    public NewJob withOverlap(OverlapKey changed) {
        return new NewJob(id, queue, type, payload, priority, dueAt, maxCrashes, unique, Optional.of(changed));
    }

    private static void checkId(String id) {
        if (id.length() > MOST_ID_CHARACTERS || !id.equals(Key.segment(id))) {
            throw new IllegalArgumentException(
                    "A job id has 1 to 100 characters of A-Z a-z 0-9 . _ ~ -, not \"" + id + "\"");
        }
    }

    @Override
    public String toString() {
        return "NewJob[" + id + ", " + type + " on " + queue + ", " + payload.length + " bytes]";
    }
}
