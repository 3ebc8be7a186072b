package io.muster.chaos;

import java.io.PrintStream;
import java.util.Locale;

/** Tells on standard error what is going on. */
final class Progress {
    private static final long SECOND = 1_000_000_000;

    private final PrintStream err;
    private final long beganNanos = System.nanoTime();

    Progress(PrintStream err) {
        this.err = err;
    }

    void say(String line) {
        long seconds = (System.nanoTime() - beganNanos) / SECOND;
        err.printf(Locale.ROOT, "%02d:%02d  %s%n", seconds / 60, seconds % 60, line);
        err.flush();
    }
}
