package io.muster.queue.redis;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Attempt tokens as the server knows them: 8 bytes first fencing token of the call that took the job, 8 bytes nonce of that call, which together name
 * its trip, and one byte number in it; see {@code running.lua}. The text in {@link AttemptToken#nonce}, a character per byte, is all of that but the
 * fencing token, then 4 bytes of the id, so that no other job's settlement passes for this one's, and behind them what {@link Remains} are read from, if it
 * is the first attempt.
 */
final class Tokens {
    static final int NONCE_BYTES = 8;
    private static final int TRIP_BYTES = Long.BYTES + NONCE_BYTES;
    private static final int BYTES = TRIP_BYTES + 1;
    private static final int REST = BYTES - Long.BYTES;
    private static final int TEXT = REST + Integer.BYTES;

    private Tokens() {}

    /**
     * What a settlement tells the server of its attempt.
     *
     * @param stored what the server compares with; empty, which is no token, if this one was not made by this store for this incarnation
     * @param remains of the job, should it complete
     */
    record Told(byte[] stored, Optional<Remains> remains) {
        private static final Told NOTHING = new Told(new byte[0], Optional.empty());

        /** The name of the trip, a character per byte. */
        String trip() {
            return new String(stored, 0, TRIP_BYTES, StandardCharsets.ISO_8859_1);
        }

        /** The job's number in it. */
        byte number() {
            return stored[TRIP_BYTES];
        }
    }

    static Told told(AttemptToken token, String incarnation) {
        String text = token.nonce();
        if (!token.incarnation().equals(incarnation) || text.length() < TEXT || !isBytes(text, TEXT)) {
            return Told.NOTHING;
        }
        byte[] all = text.getBytes(StandardCharsets.ISO_8859_1);
        if (ByteBuffer.wrap(all).getInt(REST) != token.jobId().hashCode()) {
            return Told.NOTHING;
        }
        long first = token.number() - Byte.toUnsignedInt(all[NONCE_BYTES]);
        byte[] stored =
                ByteBuffer.allocate(BYTES).putLong(first).put(all, 0, REST).array();
        return new Told(stored, all.length > TEXT ? Remains.read(all, TEXT) : Optional.empty());
    }

    private static boolean isBytes(String text, int length) {
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    /** The attempt of a job that the server has taken under this token. */
    static Attempt attempt(String jobId, String incarnation, byte[] token, byte[] record) {
        JobRecords.Read job = JobRecords.decode(record);
        long number = ByteBuffer.wrap(token).getLong() + Byte.toUnsignedInt(token[TRIP_BYTES]);
        return new Attempt(
                new AttemptToken(jobId, number, incarnation, text(jobId, token, record)),
                job.queue(),
                job.type(),
                job.payload(),
                job.priority(),
                job.counters().started(),
                number,
                job.pushedAt());
    }

    private static String text(String jobId, byte[] token, byte[] record) {
        int remains = Remains.lengthIn(record);
        byte[] all = ByteBuffer.allocate(TEXT + remains)
                .put(token, Long.BYTES, REST)
                .putInt(jobId.hashCode())
                .put(record, 0, remains)
                .array();
        return new String(all, StandardCharsets.ISO_8859_1);
    }

    /** The token of the job that is number {@code index} of a call. */
    static byte[] of(long first, byte[] nonce, int index) {
        return ByteBuffer.allocate(BYTES)
                .putLong(first)
                .put(nonce)
                .put((byte) index)
                .array();
    }
}
