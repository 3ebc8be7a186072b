package io.muster.queue.limit;

import io.muster.cluster.spi.Key;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * At most so many jobs in a window of time, by all nodes together. A window begins with the first job; while jobs wait, the next begins where
 * it ends. Immutable. M2
 *
 * @param permits jobs in a window; {@link Integer#MAX_VALUE} is without limit
 * @param period length of a window, a millisecond at least
 * @param key parts the limit: each key has a limit of its own
 */
public record Limit(int permits, Duration period, String key) {
    private static final Limit NONE = new Limit(Integer.MAX_VALUE, Duration.ofDays(1), "");

    public Limit {
        if (permits < 1) {
            throw new IllegalArgumentException("A limit lets at least 1 job through, not " + permits);
        }
        if (period.toMillis() < 1) {
            throw new IllegalArgumentException("A limit's period is at least a millisecond, not " + period);
        }
    }

    public static Limit perSecond(int jobs) {
        return per(jobs, Duration.ofSeconds(1));
    }

    public static Limit perMinute(int jobs) {
        return per(jobs, Duration.ofMinutes(1));
    }

    public static Limit perHour(int jobs) {
        return per(jobs, Duration.ofHours(1));
    }

    public static Limit perDay(int jobs) {
        return per(jobs, Duration.ofDays(1));
    }

    public static Limit per(int jobs, Duration period) {
        return new Limit(jobs, period, "");
    }

    /** No limit. */
    public static Limit none() {
        return NONE;
    }

    /** A limit of its own for each key: per user, say. */
    public Limit by(Object part) {
        return new Limit(permits, period, String.valueOf(part));
    }

    public boolean isNone() {
        return permits == Integer.MAX_VALUE;
    }

    /** Parts of a name as one key of a store, however long they are. */
    static String keyOf(String kind, String name, String part) {
        String all = kind + ":" + name.length() + ":" + name + part;
        try {
            return Key.segment(all).length() > 200 ? digest(all) : all;
        } catch (IllegalArgumentException tooLong) {
            return digest(all);
        }
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "#" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
