package io.muster.chaos;

import picocli.CommandLine;

/** The command {@code muster chaos}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new ChaosCommand()).execute(args));
    }
}
