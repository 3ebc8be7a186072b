package io.muster.cli;

import io.muster.cli.console.Signals;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** TERM and INT: the first one ends what {@link #await} waits for, the second one ends the process at once. K4 */
final class StopSignals {
    private static final Duration FOREVER = Duration.ofDays(36_500);
    private static final int STOPPED_BY_SIGNAL = 130;

    private final Timeline timeline = SystemTimeline.instance();
    private final CompletableFuture<Void> told = new CompletableFuture<>();

    private StopSignals() {}

    /** From now on. */
    static StopSignals watch() {
        StopSignals signals = new StopSignals();
        Signals.on("TERM", signals::stopOrHalt);
        Signals.on("INT", signals::stopOrHalt);
        return signals;
    }

    /** Returns after the first signal, or when {@code over}. From then on any signal ends the process at once. */
    void await(CompletionStage<Void> over) {
        over.thenRun(() -> told.complete(null));
        timeline.await(told, Deadline.after(FOREVER, timeline.ticker()));
    }

    private void stopOrHalt() {
        if (!told.complete(null)) {
            Runtime.getRuntime().halt(STOPPED_BY_SIGNAL);
        }
    }
}
