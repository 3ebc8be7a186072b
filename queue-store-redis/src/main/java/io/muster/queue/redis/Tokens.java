package io.muster.queue.redis;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Attempt tokens as the server keeps them: 8 bytes first fencing token of the call that took the job, 8 bytes nonce of that call, one byte number in
 * it, 7 bytes place of the job. The text in {@link AttemptToken#nonce} is all of that but the fencing token.
 */
final class Tokens {
    static final int NONCE_BYTES = 8;
    private static final int BYTES = 24;
    private static final int PLACE_BYTES = 7;
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] NONE = new byte[0];

    private Tokens() {}

    /** What the server compares with; empty, which is no token, if this one was not made by this store for this incarnation. */
    static byte[] stored(AttemptToken token, String incarnation) {
        if (!token.incarnation().equals(incarnation) || token.nonce().length() != 2 * (BYTES - 8)) {
            return NONE;
        }
        try {
            byte[] rest = HEX.parseHex(token.nonce());
            long first = token.number() - Byte.toUnsignedInt(rest[NONCE_BYTES]);
            return ByteBuffer.allocate(BYTES).putLong(first).put(rest).array();
        } catch (IllegalArgumentException notHexadecimal) {
            return NONE;
        }
    }

    /** The attempt of a job that the server has taken under this token. */
    static Attempt attempt(String jobId, String incarnation, byte[] token, byte[] record) {
        JobRecords.Read job = JobRecords.decode(record);
        long number = ByteBuffer.wrap(token).getLong() + Byte.toUnsignedInt(token[2 * NONCE_BYTES]);
        return new Attempt(
                new AttemptToken(jobId, number, incarnation, HEX.formatHex(token, 8, BYTES)),
                job.queue(),
                job.type(),
                job.payload(),
                job.priority(),
                job.counters().started(),
                number,
                job.pushedAt());
    }

    /** The token of the job that is number {@code index} of a call; {@code entry} is its place and id. */
    static byte[] of(long first, byte[] nonce, int index, byte[] entry) {
        return ByteBuffer.allocate(BYTES)
                .putLong(first)
                .put(nonce)
                .put((byte) index)
                .put(entry, 0, PLACE_BYTES)
                .array();
    }

    /** The id behind the place. */
    static String id(byte[] entry) {
        return JobRecords.string(Arrays.copyOfRange(entry, PLACE_BYTES, entry.length));
    }
}
