package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Measure;
import io.muster.benchmarks.report.TextTable;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells on standard error what is going on. */
public final class Progress {
    private final PrintStream err;
    private final long beganNanos = System.nanoTime();

    public Progress(PrintStream err) {
        this.err = err;
    }

    void measured(String store, String system, Measure measure, double value) {
        say(String.format(
                Locale.ROOT,
                "%-11s %-13s %-30s %s %s",
                store,
                system,
                measure.id(),
                TextTable.number(value),
                measure.unit()));
    }

    public void say(String line) {
        long seconds = elapsed().toSeconds();
        err.printf(Locale.ROOT, "%02d:%02d  %s%n", seconds / 60, seconds % 60, line);
        err.flush();
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }
}
