package io.muster.queue.job;

import io.muster.cluster.time.Timeline;
import java.util.random.RandomGenerator;

/** Makes job ids: 26 plain characters, 48 bits of time first, so that they sort by age, then 80 random bits. */
public final class JobIds {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int TIME_DIGITS = 10;
    private static final int RANDOM_DIGITS = 16;

    private JobIds() {}

    public static String next(Timeline timeline) {
        StringBuilder id = new StringBuilder(TIME_DIGITS + RANDOM_DIGITS);
        long millis = timeline.clock().millis();
        for (int shift = (TIME_DIGITS - 1) * 5; shift >= 0; shift -= 5) {
            id.append(DIGITS.charAt((int) (millis >>> shift) & 31));
        }
        RandomGenerator random = timeline.random();
        long high = random.nextLong();
        long low = random.nextLong();
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            long bits = i < RANDOM_DIGITS / 2 ? high >>> (i * 5) : low >>> ((i - RANDOM_DIGITS / 2) * 5);
            id.append(DIGITS.charAt((int) bits & 31));
        }
        return id.toString();
    }
}
