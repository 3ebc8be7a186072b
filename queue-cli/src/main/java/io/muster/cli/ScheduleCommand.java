package io.muster.cli;

import io.muster.cli.console.CommandFailedException;
import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.cli.console.Table;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import io.muster.queue.schedule.ScheduleView;
import io.muster.queue.schedule.Schedules;
import io.muster.queue.store.PushOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at schedules and changes them. S2 */
@Command(
        name = "schedule",
        description = "Lists schedules, runs their jobs now, pauses, resumes and removes them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Schedules are registered by applications; see docs/guide/schedules.md."})
final class ScheduleCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private ScheduleCommand() {}

    static CommandLine commandLine(Surroundings surroundings) {
        CommandLine commandLine = new CommandLine(new ScheduleCommand());
        for (Object command : List.of(
                new ListThem(surroundings),
                new Run(surroundings),
                new Pause(surroundings),
                new Resume(surroundings),
                new Remove(surroundings))) {
            commandLine.addSubcommand(command);
        }
        return commandLine;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Shows them. */
    @Command(
            name = "list",
            description = "Lists the schedules with their next and last runs.",
            mixinStandardHelpOptions = true)
    static final class ListThem implements Callable<Integer> {
        @Mixin
        private final ClusterOption cluster;

        @Mixin
        private final Output output = new Output();

        ListThem(Surroundings surroundings) {
            this.cluster = new ClusterOption(surroundings);
        }

        @Override
        public Integer call() {
            try (Queue queue = Client.connect(cluster.settings())) {
                List<ScheduleView> schedules = queue.schedules().list();
                if (output.isJson()) {
                    output.json(QueueFigures.schedules(schedules));
                } else if (schedules.isEmpty()) {
                    output.text("no schedules");
                } else {
                    output.text(table(schedules));
                }
                return 0;
            }
        }

        private static Table table(List<ScheduleView> schedules) {
            Table table = new Table("SCHEDULE", "CRON", "ZONE", "NEXT RUN", "LAST RUN", "JOB TYPE", "QUEUE");
            for (ScheduleView view : schedules) {
                String paused = view.pausedBy().map(who -> "paused by " + who).orElse("-");
                table.row(
                        view.name(),
                        view.cron(),
                        view.zone().getId(),
                        view.nextRun().map(Object::toString).orElse(paused),
                        view.lastRun().map(Object::toString).orElse("-"),
                        view.type(),
                        view.queue());
            }
            return table;
        }
    }

    /** Does one thing to each of the named schedules; the first that is unknown ends it. */
    @Command(mixinStandardHelpOptions = true)
    abstract static class EachNamed implements Callable<Integer> {
        @Mixin
        private final ClusterOption cluster;

        @Mixin
        private final Output output = new Output();

        @Parameters(arity = "0..*", paramLabel = "NAME", description = "The schedules.")
        private List<String> names = List.of();

        @Option(names = "--all", description = "All schedules there are.")
        private boolean all;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        EachNamed(Surroundings surroundings) {
            this.cluster = new ClusterOption(surroundings);
        }

        /** Answers one figure for JSON, with the word for it. */
        abstract Map.Entry<String, Object> act(Schedules schedules, String name);

        @Override
        public final Integer call() {
            if (all != names.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "Name schedules, or say --all");
            }
            try (Queue queue = Client.connect(cluster.settings())) {
                Schedules schedules = queue.schedules();
                List<String> chosen =
                        all ? schedules.list().stream().map(ScheduleView::name).toList() : names;
                List<Map<String, Object>> figures = new ArrayList<>();
                for (String name : chosen) {
                    Map.Entry<String, Object> done = act(schedules, name);
                    Map<String, Object> figure = new LinkedHashMap<>();
                    figure.put("schedule", name);
                    figure.put(done.getKey(), done.getValue());
                    figures.add(figure);
                    if (!output.isJson()) {
                        output.text(name + ": " + done.getKey() + " " + done.getValue());
                    }
                }
                if (output.isJson()) {
                    output.json(figures);
                }
                return 0;
            }
        }
    }

    /** Pushes a schedule's job. */
    @Command(
            name = "run",
            description = {
                "Pushes the jobs of schedules now, beside their ticks, paused or not.",
                "One that does not overlap fails while an earlier job of it still lives."
            })
    static final class Run extends EachNamed {
        Run(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        Map.Entry<String, Object> act(Schedules schedules, String name) {
            PushOutcome outcome = schedules.runNow(name);
            if (outcome instanceof PushOutcome.DuplicateOf duplicate) {
                throw new CommandFailedException("Schedule \"" + name + "\" was not run: its job "
                        + duplicate.holderJobId() + " has not ended yet");
            }
            return Map.entry("job", outcome.jobId());
        }
    }

    /** Stops it firing. */
    @Command(name = "pause", description = "Lets schedules fire no more until 'muster schedule resume'.")
    static final class Pause extends EachNamed {
        Pause(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        Map.Entry<String, Object> act(Schedules schedules, String name) {
            schedules.pause(name);
            return Map.entry("paused", true);
        }
    }

    /** Lets it fire again. */
    @Command(
            name = "resume",
            description = "Lets paused schedules fire again, from their next tick on; what passed meanwhile does not.")
    static final class Resume extends EachNamed {
        Resume(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        Map.Entry<String, Object> act(Schedules schedules, String name) {
            schedules.resume(name);
            return Map.entry("paused", false);
        }
    }

    /** Takes it away. */
    @Command(
            name = "remove",
            description = {
                "Removes schedules; jobs that they have pushed stay.",
                "An application that still registers one brings it back when it starts."
            })
    static final class Remove extends EachNamed {
        Remove(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        Map.Entry<String, Object> act(Schedules schedules, String name) {
            return Map.entry("removed", schedules.remove(name));
        }
    }
}
