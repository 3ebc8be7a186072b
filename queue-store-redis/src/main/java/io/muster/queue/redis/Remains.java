package io.muster.queue.redis;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a job that completes at its first attempt, and what it frees and counts then: the beginning of its record. Whoever took the job
 * tells it when the job completes, so that no script has to look into the record or to keep a part of it; see {@code exchange.lua}.
 */
final class Remains {
    private static final int UNIQUE = 1;
    private static final int OVERLAP = 2;
    private static final int UNTIL_PROCESSING = 4;
    private static final int BATCH = 16;
    private static final int DUE = 8;
    private static final int QUEUE = 6;
    private static final int PUSHED_BYTES = 6;

    private final byte[] bytes;
    private final int begin;
    private final int pushed;
    private final int headEnd;
    private final int queueEnd;
    private final Key unique;
    private final Key overlap;
    private final boolean timed;
    private final int batch;
    private final int end;

    /** Where a key is; 0 and 0 if there is none. */
    private record Key(int from, int to) {
        static final Key NONE = new Key(0, 0);

        boolean isThere() {
            return to > 0;
        }
    }

    /** @throws BufferUnderflowException that is no record, or not all of its beginning */
    private Remains(byte[] bytes, int begin) {
        this.bytes = bytes;
        this.begin = begin;
        ByteBuffer record = ByteBuffer.wrap(bytes);
        record.position(begin + 1);
        int flags = record.get();
        this.headEnd = begin + Short.toUnsignedInt(record.getShort());
        this.pushed = headEnd - PUSHED_BYTES - ((flags & DUE) == 0 ? 0 : Long.BYTES);
        this.queueEnd = begin + QUEUE + Short.toUnsignedInt(record.getShort());
        skipTo(record, queueEnd);
        skipTo(record, pushed);
        skipTo(record, headEnd);
        this.unique = (flags & UNIQUE) == 0 ? Key.NONE : key(record);
        this.timed = (flags & OVERLAP) != 0 && record.getLong() >= 0;
        this.overlap = (flags & OVERLAP) == 0 ? Key.NONE : key(record);
        this.batch = record.position();
        if ((flags & BATCH) != 0) {
            record.getInt();
            key(record);
        }
        this.end = record.position();
    }

    private static Key key(ByteBuffer record) {
        int length = Short.toUnsignedInt(record.getShort());
        int from = record.position();
        skipTo(record, from + length);
        return new Key(from, from + length);
    }

    private static void skipTo(ByteBuffer record, int position) {
        if (position < record.position() || position > record.limit()) {
            throw new BufferUnderflowException();
        }
        record.position(position);
    }

    /**
     * How much of a record, from its beginning, says it; 0 if only the server can: the job came back, is unique until processing, or the record is
     * none.
     */
    static int lengthIn(byte[] rec) {
        if (rec.length < QUEUE || rec[0] != 'F' || (rec[1] & UNTIL_PROCESSING) != 0) {
            return 0;
        }
        return read(rec, 0).map(remains -> remains.end).orElse(0);
    }

    /** From the beginning of a record, which is there behind {@code begin} other bytes; empty if it is not. */
    static Optional<Remains> read(byte[] bytes, int begin) {
        try {
            return Optional.of(new Remains(bytes, begin));
        } catch (BufferUnderflowException | IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Whether both can be told in one run. */
    boolean isLike(Remains other) {
        return kinds() == other.kinds()
                && Arrays.equals(bytes, begin, pushed, other.bytes, other.begin, other.pushed)
                && Arrays.equals(bytes, batch, end, other.bytes, other.batch, other.end);
    }

    byte[] queue() {
        return Arrays.copyOfRange(bytes, begin + QUEUE, queueEnd);
    }

    /** 1 unique key, 2 overlap key, 4 overlap key that has a time. */
    int kinds() {
        return (unique.isThere() ? 1 : 0) + (overlap.isThere() ? timed ? 4 : 2 : 0);
    }

    /** Links and id of the batch, or nothing. */
    byte[] batch() {
        return Arrays.copyOfRange(bytes, batch, end);
    }

    /** What is remembered, but for {@link #when} and the moment of the end. */
    byte[] head() {
        byte[] head = Arrays.copyOfRange(bytes, begin, pushed);
        head[0] = 'C';
        return head;
    }

    /** When it was pushed, and due if that was said; as long for all that are alike. */
    byte[] when() {
        return Arrays.copyOfRange(bytes, pushed, headEnd);
    }

    /** Its keys of these {@link #kinds}. */
    List<byte[]> keys() {
        if (!overlap.isThere()) {
            return unique.isThere() ? List.of(bytes(unique)) : List.of();
        }
        return unique.isThere() ? List.of(bytes(unique), bytes(overlap)) : List.of(bytes(overlap));
    }

    private byte[] bytes(Key key) {
        return Arrays.copyOfRange(bytes, key.from, key.to);
    }
}
