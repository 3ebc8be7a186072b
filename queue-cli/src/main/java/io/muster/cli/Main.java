package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.cli.demo.DemoCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code muster}. Without a subcommand it prints its help. */
@Command(
        name = "muster",
        description = "Runs and operates a clustered job queue.",
        mixinStandardHelpOptions = true,
        version = "muster 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Try it:",
            "  ./muster demo                                          a cluster, its leader killed, nothing lost",
            "  ./muster node --cluster redis://localhost:6379         in two terminals",
            "  ./muster push --cluster redis://localhost:6379         in a third",
            "  ./muster stats --cluster redis://localhost:6379        in a fourth",
            "",
            "./muster bench   measures Muster, its peers and the servers' own ceilings",
            "./muster prove   runs all tests at their full sizes (before a release)",
            "",
            "Exit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong usage, 3 a queue is busy"
                    + " (monitor)."
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log what happens, and show stack traces.")
    private boolean verbose;

    private Main() {}

    public static void main(String[] args) {
        Logging.configure(args);
        System.exit(commandLine(Surroundings.ofThisProcess()).execute(args));
    }

    /** The command with all its subcommands. */
    static CommandLine commandLine(Surroundings surroundings) {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main);
        for (Object command : List.of(
                new DemoCommand(surroundings),
                new NodeCommand(surroundings),
                new WorkCommand(surroundings),
                new PushCommand(surroundings),
                new StatsCommand(surroundings),
                new NodesCommand(surroundings),
                new LeaderCommand(surroundings),
                new PauseCommand(surroundings),
                new ResumeCommand(surroundings),
                new ClearCommand(surroundings),
                new RestartCommand(surroundings),
                new DownCommand(surroundings),
                new UpCommand(surroundings),
                ScheduleCommand.commandLine(surroundings),
                BatchesCommand.commandLine(surroundings),
                new FailedCommand(surroundings),
                new RetryCommand(surroundings),
                new ForgetCommand(surroundings),
                new FlushCommand(surroundings),
                new PruneFailedCommand(surroundings),
                new MonitorCommand(surroundings),
                new ExplainCommand(surroundings),
                new AdoptCommand(surroundings),
                new SchemaCommand())) {
            commandLine.addSubcommand(command);
        }
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setExecutionExceptionHandler(main::failed);
        commandLine.setParameterExceptionHandler(Main::misused);
        return commandLine;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private int failed(Exception cause, CommandLine command, @Nullable ParseResult parsed) {
        command.getErr().println(command.getCommandName() + ": " + Complaint.about(cause));
        if (verbose) {
            cause.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int misused(ParameterException cause, String[] args) {
        CommandLine command = cause.getCommandLine();
        String complaint = cause instanceof UnmatchedArgumentException unmatched
                ? Complaint.about(unmatched)
                : Complaint.withoutSecrets(String.valueOf(cause.getMessage()));
        command.getErr().println(command.getCommandName() + ": " + complaint);
        UnmatchedArgumentException.printSuggestions(cause, command.getErr());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        command.getErr().flush();
        return CommandLine.ExitCode.USAGE;
    }
}
