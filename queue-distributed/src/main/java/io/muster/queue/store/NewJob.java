package io.muster.queue.store;

import io.muster.cluster.spi.Key;
import java.nio.charset.StandardCharsets;
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
 * @param batch the batch it belongs to, in whose queue it is (W2)
 * @param tellsFailure when the store fails it by itself ({@link StoredJob#CRASHED}, {@link StoredJob#UNSERVED}), which no worker sees, the
 *     store pushes in the same operation one job of type {@link #FAILURE_NOTICE} to the same queue: with this job's id as payload (ASCII), its priority,
 *     nothing else of it, and the id {@link DerivedId#of}{@code (id, "failed." + }settledAt in milliseconds{@code )} (J9, W1)
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
        Optional<OverlapKey> overlap,
        Optional<BatchMembership> batch,
        boolean tellsFailure) {
    public static final int DEFAULT_MAX_CRASHES = 3;
    /** Reserved type of the jobs that tell that a store failed another one; every node serves it. */
    public static final String FAILURE_NOTICE = "muster.failed";

    /** What the names of types begin with that the queue keeps for itself. */
    public static final String RESERVED_TYPES = "muster.";

    public static final int MOST_ID_CHARACTERS = 100;
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

    /** A job of no batch, whose failure by the store is told to nobody. */
    public NewJob(
            String id,
            String queue,
            String type,
            byte[] payload,
            int priority,
            Optional<Instant> dueAt,
            int maxCrashes,
            Optional<UniqueKey> unique,
            Optional<OverlapKey> overlap) {
        this(id, queue, type, payload, priority, dueAt, maxCrashes, unique, overlap, Optional.empty(), false);
    }

    /** A job without delay, priority or keys. */
    public static NewJob of(String id, String queue, String type, byte[] payload) {
        return new NewJob(
                id, queue, type, payload, 0, Optional.empty(), DEFAULT_MAX_CRASHES, Optional.empty(), Optional.empty());
    }

    /** As {@link #of}, whose failure by the store is told. */
    public static NewJob toldOf(String id, String queue, String type, byte[] payload) {
        return new NewJob(
                id,
                queue,
                type,
                payload,
                0,
                Optional.empty(),
                DEFAULT_MAX_CRASHES,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true);
    }

    public NewJob withId(String changed) {
        return new NewJob(
                changed, queue, type, payload, priority, dueAt, maxCrashes, unique, overlap, batch, tellsFailure);
    }

    public NewJob withPayload(byte[] changed) {
        return new NewJob(id, queue, type, changed, priority, dueAt, maxCrashes, unique, overlap, batch, tellsFailure);
    }

    public NewJob withPriority(int changed) {
        return new NewJob(id, queue, type, payload, changed, dueAt, maxCrashes, unique, overlap, batch, tellsFailure);
    }

    public NewJob withDueAt(Instant changed) {
        return new NewJob(
                id,
                queue,
                type,
                payload,
                priority,
                Optional.of(changed),
                maxCrashes,
                unique,
                overlap,
                batch,
                tellsFailure);
    }

    public NewJob withMaxCrashes(int changed) {
        return new NewJob(id, queue, type, payload, priority, dueAt, changed, unique, overlap, batch, tellsFailure);
    }

    public NewJob withUnique(UniqueKey changed) {
        return new NewJob(
                id,
                queue,
                type,
                payload,
                priority,
                dueAt,
                maxCrashes,
                Optional.of(changed),
                overlap,
                batch,
                tellsFailure);
    }

    public NewJob withOverlap(OverlapKey changed) {
        return new NewJob(
                id,
                queue,
                type,
                payload,
                priority,
                dueAt,
                maxCrashes,
                unique,
                Optional.of(changed),
                batch,
                tellsFailure);
    }

    public NewJob withBatch(BatchMembership changed) {
        return new NewJob(
                id,
                queue,
                type,
                payload,
                priority,
                dueAt,
                maxCrashes,
                unique,
                overlap,
                Optional.of(changed),
                tellsFailure);
    }

    public NewJob tellingFailure() {
        return new NewJob(id, queue, type, payload, priority, dueAt, maxCrashes, unique, overlap, batch, true);
    }

    /** The job that tells that the store failed this one at that moment. */
    public NewJob failureNotice(Instant failedAt) {
        String noticeId = DerivedId.of(id, "failed." + failedAt.toEpochMilli());
        return of(noticeId, queue, FAILURE_NOTICE, id.getBytes(StandardCharsets.US_ASCII))
                .withPriority(priority);
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
