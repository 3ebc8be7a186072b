package io.muster.queue.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments as the database has them: microseconds since 1970, so that no time zone and no calendar of a driver matters. */
final class Moments {
    /** About 292,000 years: never. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1000;

    private Moments() {}

    static long micros(Instant moment) {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
        } catch (ArithmeticException beyond) {
            return NEVER;
        }
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Microseconds; at least 0, and {@link #NEVER} if there are too many. */
    static long micros(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.getSeconds() >= NEVER / MICROS_PER_SECOND
                ? NEVER
                : duration.getSeconds() * MICROS_PER_SECOND + duration.getNano() / NANOS_PER_MICRO;
    }

    /** A duration later; never stays never. */
    static long after(long now, Duration duration) {
        return after(now, micros(duration));
    }

    static long after(long now, long micros) {
        return micros > NEVER - now ? NEVER : now + micros;
    }
}
