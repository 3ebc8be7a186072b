package io.muster.cli;

import com.fasterxml.jackson.databind.util.RawValue;
import io.muster.cli.console.CommandFailedException;
import io.muster.cli.console.Surroundings;
import io.muster.cli.console.Table;
import io.muster.queue.Batches;
import io.muster.queue.Queue;
import io.muster.queue.job.Batch;
import io.muster.queue.store.BatchAges;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at batches and changes them. W4, W5 */
@Command(
        name = "batches",
        description = "Lists batches, shows one, runs its failed jobs again, cancels it, and prunes old ones.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Batches are begun by applications; see docs/guide/workflows.md."})
final class BatchesCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private BatchesCommand() {}

    static CommandLine commandLine(Surroundings surroundings) {
        CommandLine commandLine = new CommandLine(new BatchesCommand());
        for (Object command : List.of(
                new ListThem(surroundings),
                new Show(surroundings),
                new Retry(surroundings),
                new Cancel(surroundings),
                new Prune(surroundings))) {
            commandLine.addSubcommand(command);
        }
        return commandLine;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static String state(Batch batch) {
        if (batch.cancelled()) {
            return batch.finished() ? "cancelled, finished" : "cancelled";
        }
        return batch.finished() ? "finished" : "runs";
    }

    /** Shows a page. */
    @Command(name = "list", description = "Lists batches page by page, those of one queue newest first.")
    static final class ListThem extends ClientCommand {
        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "Most batches to list. Default: ${DEFAULT-VALUE}.",
                defaultValue = "50")
        private int limit;

        @Option(names = "--after", paramLabel = "CURSOR", description = "Go on after a page, as that page said.")
        private @Nullable String after;

        ListThem(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int act(Queue queue) {
            Batches.Page page = queue.batches().list(Optional.ofNullable(after), limit);
            if (output.isJson()) {
                Map<String, @Nullable Object> figures = new LinkedHashMap<>();
                figures.put(
                        "batches",
                        page.batches().stream()
                                .map(batch -> new RawValue(batch.toJson()))
                                .toList());
                figures.put("next", page.next().orElse(null));
                output.json(figures);
                return 0;
            }
            Table table = new Table("ID", "NAME", "QUEUE", "JOBS", "PENDING", "FAILED", "PROGRESS", "STATE");
            for (Batch batch : page.batches()) {
                table.row(
                        batch.id(),
                        batch.name(),
                        batch.queue(),
                        batch.totalJobs(),
                        batch.pendingJobs(),
                        batch.failedJobs(),
                        batch.progress() + "%",
                        state(batch));
            }
            output.text(table.isEmpty() ? "no batches" : table);
            page.next().ifPresent(cursor -> output.text("more: --after " + cursor));
            return 0;
        }
    }

    /** Does something to one. */
    abstract static class One extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The batch.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private String id;

        One(Surroundings surroundings) {
            super(surroundings);
        }

        abstract int act(Queue queue, Batch batch);

        @Override
        final int act(Queue queue) {
            return act(
                    queue,
                    queue.batches()
                            .find(id)
                            .orElseThrow(
                                    () -> new CommandFailedException("No batch " + id + "; perhaps it was pruned")));
        }
    }

    /** Shows one. */
    @Command(name = "show", description = "Shows one batch.")
    static final class Show extends One {
        Show(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int act(Queue queue, Batch batch) {
            if (output.isJson()) {
                output.json(new RawValue(batch.toJson()));
                return 0;
            }
            output.text("batch    " + batch.id() + ", " + batch.name() + " on " + batch.queue() + ", " + state(batch));
            output.text("created  " + batch.createdAt().truncatedTo(ChronoUnit.SECONDS));
            output.text("jobs     " + batch.totalJobs() + ": " + batch.pendingJobs() + " pending, " + batch.failedJobs()
                    + " failed, " + batch.progress() + "%");
            batch.firstFailure().ifPresent(failure -> output.text("failure  " + failure.reason()));
            return 0;
        }
    }

    /** Makes failed ones ready. */
    @Command(
            name = "retry",
            description = "Runs the failed jobs of a batch again; lifts a cancellation that came from their failure.")
    static final class Retry extends One {
        Retry(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int act(Queue queue, Batch batch) {
            int retried = queue.batches().retry(batch.id());
            if (output.isJson()) {
                output.json(Map.of("retried", retried));
            } else {
                output.text("retried " + retried);
            }
            return 0;
        }
    }

    /** Cancels one. */
    @Command(name = "cancel", description = "Cancels a batch: its jobs are told, and skip if they look.")
    static final class Cancel extends One {
        Cancel(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int act(Queue queue, Batch batch) {
            Batch now = batch.cancel();
            if (output.isJson()) {
                output.json(new RawValue(now.toJson()));
            } else {
                output.text(now.id() + ": " + state(now));
            }
            return 0;
        }
    }

    /** Removes old ones. */
    @Command(
            name = "prune",
            description = {
                "Removes batches that finished more than a day ago; their jobs stay as they are.",
                "The leader does that by itself, with unfinished and cancelled ones after seven days."
            })
    static final class Prune extends ClientCommand {
        @Option(
                names = "--hours",
                paramLabel = "N",
                description = "Keep what finished within the last N hours. Default: ${DEFAULT-VALUE}.",
                defaultValue = "24")
        private int finished;

        @Option(
                names = "--unfinished",
                paramLabel = "N",
                description = "Remove unfinished ones too that are older than N hours.")
        private @Nullable Integer unfinished;

        @Option(
                names = "--cancelled",
                paramLabel = "N",
                description = "Remove those too that were cancelled more than N hours ago.")
        private @Nullable Integer cancelled;

        Prune(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int act(Queue queue) {
            int pruned = queue.batches().prune(new BatchAges(hours(finished), hours(unfinished), hours(cancelled)));
            if (output.isJson()) {
                output.json(Map.of("pruned", pruned));
            } else {
                output.text("pruned " + pruned);
            }
            return 0;
        }

        private static Optional<Duration> hours(@Nullable Integer hours) {
            return Optional.ofNullable(hours).map(Duration::ofHours);
        }
    }
}
