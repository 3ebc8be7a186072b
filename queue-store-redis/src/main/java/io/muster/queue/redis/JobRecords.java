package io.muster.queue.redis;

import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jobs as bytes, in the form that {@code records.lua} describes. Nothing in them chooses a class. */
final class JobRecords {
    /** Later than all calendars of users, and exact as a score. */
    static final long NEVER = 9_000_000_000_000_000L;

    private static final int UNIQUE = 1;
    private static final int OVERLAP = 2;
    private static final int UNTIL_PROCESSING = 4;
    private static final int DUE = 8;
    private static final int BATCH = 16;
    private static final int TELLS_FAILURE = 32;
    private static final int FIXED = 2 + 2 + 2 + 2 + 2 + 4 + 6;
    private static final int TAIL = 40;
    private static final int MOST_TEXT = 65_535;
    /** The kind of lane whose entries contain overlap keys. */
    private static final char WITH_KEYS = 'k';

    private static final String FORMS = "FMXCKD";
    private static final char UNREADABLE_FORM = '?';
    /** Queue and type, as far as anybody knows. */
    private static final String UNREADABLE = "unreadable";

    private JobRecords() {}

    /** A job that was not pushed yet. */
    static byte[] encode(NewJob job, long pushedAtMillis) {
        byte[] queue = text("The name of a queue", job.queue());
        byte[] type = text("A type name", job.type());
        byte[] unique = job.unique().map(key -> text("A unique key", key.key())).orElse(null);
        byte[] overlap =
                job.overlap().map(key -> text("An overlap key", key.key())).orElse(null);
        byte[] batch = job.batch()
                .map(membership -> StoreKeys.bytes(membership.batchId()))
                .orElse(null);
        int headEnd = FIXED + queue.length + type.length + (job.dueAt().isPresent() ? 8 : 0);
        if (headEnd > MOST_TEXT) {
            throw new IllegalArgumentException("The names of queue and type of job " + job.id() + " are too long");
        }
        int keys = (unique == null ? 0 : 2 + unique.length)
                + (overlap == null ? 0 : 10 + overlap.length)
                + (batch == null ? 0 : 6 + batch.length);
        ByteBuffer record = ByteBuffer.allocate(headEnd + keys + job.payload().length);
        record.put((byte) 'F').put((byte) flags(job));
        record.putShort((short) headEnd);
        record.putShort((short) queue.length).put(queue);
        record.putShort((short) type.length).put(type);
        record.putShort((short) job.priority()).putInt(job.maxCrashes());
        record.putShort((short) (pushedAtMillis >>> 32)).putInt((int) pushedAtMillis);
        job.dueAt().ifPresent(due -> record.putLong(millis(due)));
        if (unique != null) {
            record.putShort((short) unique.length).put(unique);
        }
        if (overlap != null) {
            record.putLong(job.overlap()
                    .flatMap(OverlapKey::expireAfter)
                    .map(JobRecords::millis)
                    .orElse(-1L));
            record.putShort((short) overlap.length).put(overlap);
        }
        if (batch != null) {
            record.putInt(job.batch().map(BatchMembership::links).orElse(1));
            record.putShort((short) batch.length).put(batch);
        }
        return record.put(job.payload()).array();
    }

    /** The lane in which it stands when it is ready; see {@code ready.lua}. */
    static String lane(NewJob job) {
        return String.valueOf(laneKind(job)) + job.priority() + ":" + job.type();
    }

    static char laneKind(NewJob job) {
        return job.overlap()
                .map(key -> key.expireAfter().isPresent() ? 'o' : WITH_KEYS)
                .orElse('n');
    }

    /** What stands behind the place in the entry of its lane. */
    static byte[] laneEntry(NewJob job) {
        byte[] id = StoreKeys.bytes(job.id());
        if (laneKind(job) != WITH_KEYS) {
            return id;
        }
        byte[] key = StoreKeys.bytes(job.overlap().map(OverlapKey::key).orElse(""));
        return ByteBuffer.allocate(id.length + key.length + 1)
                .put(id)
                .put(key)
                .put((byte) id.length)
                .array();
    }

    /** A record as it is read; counters do not contain a start that is under way. */
    record Read(
            char form,
            String queue,
            String type,
            int priority,
            Instant pushedAt,
            Optional<Instant> dueAt,
            Counters counters,
            byte[] payload,
            String reason,
            Optional<Instant> settledAt) {
        /** As a failed job is known beside its record. */
        Read failed(String why, Optional<Instant> at) {
            return new Read(form, queue, type, priority, pushedAt, dueAt, counters, payload, why, at);
        }

        /** Whether it is listed with that queue; one that cannot be read is listed with each. */
        boolean isOn(String asked) {
            return form == UNREADABLE_FORM || queue.equals(asked);
        }

        /** As people see it. */
        StoredJob stored(String id, JobState state, Optional<String> holder, Optional<String> detail) {
            return new StoredJob(
                    id,
                    queue,
                    type,
                    payload,
                    state,
                    priority,
                    state == JobState.RUNNING ? counters.started() : counters,
                    pushedAt,
                    dueAt,
                    holder,
                    reason.isEmpty() ? Optional.empty() : Optional.of(reason),
                    detail,
                    settledAt);
        }

        /** What its form alone says of its state, if it has ended. */
        Optional<JobState> settledAs() {
            return switch (form) {
                case 'C', 'K' -> Optional.of(JobState.COMPLETED);
                case 'D' -> Optional.of(JobState.DISCARDED);
                case 'X', UNREADABLE_FORM -> Optional.of(JobState.FAILED);
                default -> Optional.empty();
            };
        }
    }

    /** A record; one that nobody of ours has written is shown as what it is, with its bytes as payload. */
    static Read decode(byte[] bytes) {
        try {
            return decodeSound(bytes);
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | NegativeArraySizeException
                | DateTimeException unsound) {
            return new Read(
                    UNREADABLE_FORM,
                    UNREADABLE,
                    UNREADABLE,
                    0,
                    Instant.EPOCH,
                    Optional.empty(),
                    Counters.NONE,
                    bytes,
                    "Record is unreadable: it was not written by this version of Muster",
                    Optional.empty());
        }
    }

    private static Read decodeSound(byte[] bytes) {
        ByteBuffer record = ByteBuffer.wrap(bytes);
        char form = (char) record.get();
        int flags = record.get();
        int headEnd = Short.toUnsignedInt(record.getShort());
        String queue = text(record);
        String type = text(record);
        int priority = record.getShort();
        record.getInt();
        Instant pushedAt = Instant.ofEpochMilli(sixBytes(record));
        Optional<Instant> dueAt =
                (flags & DUE) != 0 ? Optional.of(Instant.ofEpochMilli(record.getLong())) : Optional.empty();
        if (record.position() != headEnd || FORMS.indexOf(form) < 0) {
            throw new IllegalArgumentException("no record");
        }
        if (form == 'C' || form == 'K' || form == 'D') {
            Instant ended = Instant.ofEpochMilli(sixBytes(record));
            Counters counters = form == 'C' ? Counters.NONE.started() : counters(record);
            byte[] reason = rest(record, 0);
            return new Read(
                    form,
                    queue,
                    type,
                    priority,
                    pushedAt,
                    dueAt,
                    counters,
                    new byte[0],
                    string(reason),
                    Optional.of(ended));
        }
        if ((flags & UNIQUE) != 0) {
            text(record);
        } else if ((flags & UNTIL_PROCESSING) != 0) {
            throw new IllegalArgumentException("until processing, but without a unique key");
        }
        if ((flags & OVERLAP) != 0) {
            record.getLong();
            text(record);
        }
        if ((flags & BATCH) != 0) {
            record.getInt();
            text(record);
        }
        boolean tail = form != 'F';
        byte[] payload = rest(record, tail ? TAIL : 0);
        Counters counters = Counters.NONE;
        if (tail) {
            record.getLong();
            long due = record.getLong();
            dueAt = due < 0 ? dueAt : Optional.of(Instant.ofEpochMilli(due));
            counters = counters(record);
        }
        return new Read(form, queue, type, priority, pushedAt, dueAt, counters, payload, "", Optional.empty());
    }

    /** A job that never came back and has neither moment, unique key nor batch, as it was pushed: a batch's template. */
    static NewJob decodeNew(String id, byte[] bytes) {
        try {
            return decodeSoundNew(id, bytes);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | NegativeArraySizeException unsound) {
            throw new IllegalArgumentException("The record of " + id + " is unreadable", unsound);
        }
    }

    private static NewJob decodeSoundNew(String id, byte[] bytes) {
        ByteBuffer record = ByteBuffer.wrap(bytes);
        int flags = record.get(1);
        record.position(4);
        String queue = text(record);
        String type = text(record);
        int priority = record.getShort();
        int maxCrashes = record.getInt();
        sixBytes(record);
        Optional<OverlapKey> overlap = Optional.empty();
        if ((flags & OVERLAP) != 0) {
            long expires = record.getLong();
            overlap = Optional.of(new OverlapKey(
                    text(record), expires < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(expires))));
        }
        return new NewJob(
                id,
                queue,
                type,
                rest(record, 0),
                priority,
                Optional.empty(),
                maxCrashes,
                Optional.empty(),
                overlap,
                Optional.empty(),
                (flags & TELLS_FAILURE) != 0);
    }

    /** Moments and durations in ms, rounded up, {@link #NEVER} at most. */
    static long millis(Instant moment) {
        try {
            long floor = moment.toEpochMilli();
            long up = Instant.ofEpochMilli(floor).equals(moment) ? floor : floor + 1;
            return Math.min(up, NEVER);
        } catch (ArithmeticException | DateTimeException beyond) {
            return moment.isAfter(Instant.EPOCH) ? NEVER : 0;
        }
    }

    static long millis(Duration duration) {
        try {
            long floor = duration.toMillis();
            long up = Duration.ofMillis(floor).equals(duration) ? floor : floor + 1;
            return Math.max(0, Math.min(up, NEVER));
        } catch (ArithmeticException beyond) {
            return duration.isNegative() ? 0 : NEVER;
        }
    }

    static String string(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int flags(NewJob job) {
        boolean untilProcessing = job.unique()
                .filter(key -> key.until() == UniqueKey.Until.PROCESSING)
                .isPresent();
        return (job.unique().isPresent() ? UNIQUE : 0)
                | (job.overlap().isPresent() ? OVERLAP : 0)
                | (untilProcessing ? UNTIL_PROCESSING : 0)
                | (job.dueAt().isPresent() ? DUE : 0)
                | (job.batch().isPresent() ? BATCH : 0)
                | (job.tellsFailure() ? TELLS_FAILURE : 0);
    }

    private static Counters counters(ByteBuffer record) {
        return new Counters(
                record.getInt(), record.getInt(), record.getInt(), record.getInt(), record.getInt(), record.getInt());
    }

    private static long sixBytes(ByteBuffer record) {
        long high = Short.toUnsignedLong(record.getShort());
        return high << 32 | Integer.toUnsignedLong(record.getInt());
    }

    private static byte[] rest(ByteBuffer record, int without) {
        byte[] rest = new byte[record.remaining() - without];
        record.get(rest);
        return rest;
    }

    private static String text(ByteBuffer record) {
        byte[] text = new byte[Short.toUnsignedInt(record.getShort())];
        record.get(text);
        return string(text);
    }

    private static byte[] text(String what, @Nullable String text) {
        byte[] bytes = StoreKeys.bytes(text == null ? "" : text);
        if (bytes.length > MOST_TEXT) {
            throw new IllegalArgumentException(
                    what + " has at most " + MOST_TEXT + " bytes, not " + bytes.length + "; nothing was pushed");
        }
        return bytes;
    }
}
