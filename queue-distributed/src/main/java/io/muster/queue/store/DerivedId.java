package io.muster.queue.store;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Ids of jobs that follow from something: the same whoever computes them, in Java or in a script. */
public final class DerivedId {
    private static final int SHA1_DIGITS = 40;

    private DerivedId() {}

    /**
     * {@code base + "." + suffix} if that is no longer than an id may be, else {@code sha1(base) + "." + suffix} with the hash of the
     * base's ASCII bytes in 40 small hexadecimal digits.
     */
    public static String of(String base, String suffix) {
        String plain = base + "." + suffix;
        return plain.length() <= NewJob.MOST_ID_CHARACTERS ? plain : sha1(base) + "." + suffix;
    }

    private static String sha1(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
            String digits = new BigInteger(1, hash).toString(16);
            return "0".repeat(SHA1_DIGITS - digits.length()) + digits;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-1", e);
        }
    }
}
