package io.muster.cluster.spi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One message in a ring: who sent it, its place in the sender's sequence, and from which number on a newcomer may expect
 * the sequence to be complete.
 */
record RingSlot(String publisher, long sequence, long since, byte[] message) {
    static final int SLOTS = 32;
    private static final byte FORMAT = 1;
    private static final int HEADER = 1 + Long.BYTES + Long.BYTES;

    /** Two digits, so that a publisher's slots are neighbours in a listing. */
    static String name(String publisher, long sequence) {
        return String.format("%s-%02d", publisher, sequence % SLOTS);
    }

    static String publisher(String name) {
        int dash = name.lastIndexOf('-');
        return dash < 0 ? name : name.substring(0, dash);
    }

    String name() {
        return name(publisher, sequence);
    }

    byte[] encoded() {
        return ByteBuffer.allocate(HEADER + message.length)
                .put(FORMAT)
                .putLong(sequence)
                .putLong(since)
                .put(message)
                .array();
    }

    /** Empty if the entry is of a format this version does not know. */
    static Optional<RingSlot> decoded(Entry entry) {
        byte[] value = entry.value();
        if (value.length < HEADER || value[0] != FORMAT) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        buffer.get();
        long sequence = buffer.getLong();
        long since = buffer.getLong();
        byte[] message = Arrays.copyOfRange(value, HEADER, value.length);
        return Optional.of(new RingSlot(publisher(entry.key().name()), sequence, since, message));
    }
}
