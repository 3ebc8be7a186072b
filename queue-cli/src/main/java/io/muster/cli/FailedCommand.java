package io.muster.cli;

import io.muster.cli.console.CommandFailedException;
import io.muster.cli.console.Surroundings;
import io.muster.cli.console.Table;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import io.muster.queue.failed.FailedJob;
import io.muster.queue.failed.FailedPage;
import io.muster.queue.store.Counters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows failed jobs. F1 */
@Command(
        name = "failed",
        description = "Lists failed jobs, page by page, or shows one with its stack trace.",
        mixinStandardHelpOptions = true)
final class FailedCommand extends ClientCommand {
    private static final int MOST_CHARACTERS = 80;

    @Mixin
    private final FailedSelection selection = new FailedSelection();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Most jobs to list. Default: ${DEFAULT-VALUE}.",
            defaultValue = "50")
    private int limit;

    @Option(names = "--after", paramLabel = "CURSOR", description = "Go on after a page, as that page said.")
    private @Nullable String after;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "The job to show.")
    private @Nullable String id;

    FailedCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        if (id == null) {
            list(queue.failed().list(selection.filter(), Optional.ofNullable(after), limit));
        } else {
            show(queue.failed().find(id).orElseThrow(() -> new CommandFailedException("No failed job " + id)));
        }
        return 0;
    }

    private void list(FailedPage page) {
        if (output.isJson()) {
            Map<String, @Nullable Object> figures = new LinkedHashMap<>();
            figures.put("jobs", page.jobs().stream().map(QueueFigures::failed).toList());
            figures.put("next", page.next().orElse(null));
            output.json(figures);
            return;
        }
        Table table = new Table("ID", "CONNECTION", "QUEUE", "TYPE", "FAILED AT", "NODE", "EXCEPTION");
        for (FailedJob job : page.jobs()) {
            table.row(
                    job.id(),
                    job.connection(),
                    job.queue(),
                    job.type(),
                    moment(job),
                    job.node().orElse("-"),
                    shortened(job.exception()));
        }
        output.text(table.isEmpty() ? "no failed jobs" : table);
        page.next().ifPresent(cursor -> output.text("more: --after " + cursor));
    }

    private void show(FailedJob job) {
        if (output.isJson()) {
            Map<String, @Nullable Object> figures = QueueFigures.failed(job);
            figures.put("stackTrace", job.stackTrace());
            output.json(figures);
            return;
        }
        Counters attempts = job.attempts();
        output.text("job        " + job.id());
        output.text("connection " + job.connection() + ", queue " + job.queue() + ", type " + job.type());
        output.text("tags       " + (job.tags().isEmpty() ? "-" : String.join(", ", job.tags())));
        output.text("pushed     " + job.pushedAt() + ", failed " + moment(job) + " on node "
                + job.node().orElse("-"));
        output.text("attempts   " + attempts.starts() + ": " + attempts.exceptions() + " exceptions, "
                + attempts.timeouts() + " timeouts, " + attempts.releases() + " releases; " + attempts.crashes()
                + " crashes");
        output.text(job.exception());
        if (!job.stackTrace().isEmpty()) {
            output.text("");
            output.text(job.stackTrace());
        }
    }

    private static String moment(FailedJob job) {
        return job.failedAt()
                .map(at -> at.truncatedTo(ChronoUnit.SECONDS))
                .map(Instant::toString)
                .orElse("-");
    }

    private static String shortened(String exception) {
        String line = exception.lines().findFirst().orElse("");
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
    }
}
