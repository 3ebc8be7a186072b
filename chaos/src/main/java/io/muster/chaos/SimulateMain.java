package io.muster.chaos;

import picocli.CommandLine;

/** The command {@code muster simulate}. */
public final class SimulateMain {
    private SimulateMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SimulateCommand()).execute(args));
    }
}
