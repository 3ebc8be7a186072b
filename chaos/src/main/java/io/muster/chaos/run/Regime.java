package io.muster.chaos.run;

import java.time.Duration;

/** How load and faults follow each other. */
public enum Regime {
    /** Faults in close succession, all the while. */
    CHAOS("chaos", Duration.ofHours(12)),
    /** A fault now and then, and rests at which everything is counted. */
    SOAK("soak", Duration.ofSeconds(20));

    private final String command;
    private final Duration retention;

    Regime(String command, Duration retention) {
        this.command = command;
        this.retention = retention;
    }

    /** The command that runs it. */
    String command() {
        return command;
    }

    /** How long finished jobs are kept. In chaos longer than a run, so that at its end the store still knows all of them. */
    public Duration retention() {
        return retention;
    }
}
