package io.muster.queue.clusterstore;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Moments with a sequence behind them, as text that sorts: within one process later ones are greater. */
final class Places {
    private static final int MILLIS_DIGITS = 13;
    private static final int DIGITS = 22;
    private static final long SEQUENCES = 1_000_000_000L;
    private static final AtomicLong SEQUENCE = new AtomicLong();

    private Places() {}

    static String at(Instant moment) {
        long sequence = SEQUENCE.incrementAndGet() % SEQUENCES;
        return StoreKeys.digits(moment.toEpochMilli(), MILLIS_DIGITS)
                + StoreKeys.digits(sequence, DIGITS - MILLIS_DIGITS);
    }

    /** The text itself if it is a place. */
    static String checked(String text) {
        if (!isPlace(text)) {
            throw new IllegalArgumentException("\"" + text + "\" is no place");
        }
        return text;
    }

    /** The text itself if it is a place, else the very first one. */
    static String orFirst(String text) {
        return isPlace(text) ? text : "0".repeat(DIGITS);
    }

    private static boolean isPlace(String text) {
        return text.length() == DIGITS && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    static Instant instant(String place) {
        return Instant.ofEpochMilli(Long.parseLong(place.substring(0, MILLIS_DIGITS)));
    }
}
