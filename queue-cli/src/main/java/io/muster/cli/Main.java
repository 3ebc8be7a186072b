package io.muster.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code muster}. Without a subcommand it prints its help. */
@Command(
        name = "muster",
        description = "Runs and operates a clustered job queue.",
        mixinStandardHelpOptions = true,
        version = "muster 0.1.0-SNAPSHOT",
        footer = {"", "./muster prove   runs all tests at their full sizes (before a release)"})
public final class Main implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
