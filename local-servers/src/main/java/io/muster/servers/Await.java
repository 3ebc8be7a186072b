package io.muster.servers;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions of other processes, which send no signal: the one place in this module that sleeps and reads the
 * monotonic clock for a deadline.
 */
final class Await {

    private static final long POLL_MILLIS = 10;

    private Await() {}

    /**
     * Asks until the condition holds or the limit has passed; asks at least once.
     *
     * @return whether the condition held
     * @throws IllegalStateException if the thread is interrupted; its flag stays set
     */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long deadlineNanos = nanos() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (nanos() - deadlineNanos >= 0) {
                return false;
            }
            pause();
        }
        return true;
    }

    /** The monotonic clock. */
    static long nanos() {
        return System.nanoTime();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a process", interrupted);
        }
    }
}
