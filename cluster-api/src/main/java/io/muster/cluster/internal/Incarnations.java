package io.muster.cluster.internal;

import io.muster.cluster.time.Timeline;

/** Makes names that nobody guesses and nobody makes twice: time, so that people can sort them, and eighty random bits. */
final class Incarnations {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int TIME_DIGITS = 9;
    private static final int RANDOM_DIGITS = 16;

    private final Timeline timeline;

    Incarnations(Timeline timeline) {
        this.timeline = timeline;
    }

    String next() {
        char[] name = new char[TIME_DIGITS + RANDOM_DIGITS];
        long millis = timeline.clock().millis();
        for (int i = TIME_DIGITS - 1; i >= 0; i--) {
            name[i] = DIGITS.charAt((int) (millis & 31));
            millis >>>= 5;
        }
        byte[] random = new byte[RANDOM_DIGITS];
        timeline.random().nextBytes(random);
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            name[TIME_DIGITS + i] = DIGITS.charAt(random[i] & 31);
        }
        return new String(name);
    }
}
