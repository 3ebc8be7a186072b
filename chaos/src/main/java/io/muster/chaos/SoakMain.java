package io.muster.chaos;

import picocli.CommandLine;

/** The command {@code muster soak}. */
public final class SoakMain {
    private SoakMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SoakCommand()).execute(args));
    }
}
