package io.muster.queue.memory;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** Moments that users' durations lead to. */
final class Moments {
    private Moments() {}

    /** {@code duration} later; a duration beyond all calendars means never. */
    static Instant after(Instant moment, Duration duration) {
        try {
            return moment.plus(duration);
        } catch (DateTimeException | ArithmeticException beyond) {
            return Instant.MAX;
        }
    }
}
