package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import io.muster.queue.failed.RetryReport;
import io.muster.queue.store.RetryOutcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs failed jobs again. F1 */
@Command(
        name = "retry",
        description = {
            "Makes failed jobs ready again, under the same ids and as if they had never run.",
            "Exit code 1 if a job that was named is not failed, or its unique key is another job's."
        },
        mixinStandardHelpOptions = true)
final class RetryCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
    private CommandSpec command;

    @Mixin
    private final ClusterOption cluster;

    @Mixin
    private final Output output = new Output();

    @Mixin
    private final FailedSelection selection = new FailedSelection();

    @Parameters(
            arity = "0..*",
            paramLabel = "ID",
            description = "The jobs; \"all\" for all of them. Instead, name them by --queue, --type or --tag.")
    private List<String> ids = List.of();

    RetryCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() {
        boolean all = ids.equals(List.of(ALL));
        if (ids.isEmpty() == !selection.isGiven() || (all && selection.isGiven())) {
            throw new ParameterException(
                    command.commandLine(), "Which jobs? Give ids, or \"all\", or --queue, --type, --tag");
        }
        try (Queue queue = Client.connect(cluster)) {
            return all || selection.isGiven()
                    ? report(queue.failed().retry(selection.filter()))
                    : report(queue.failed().retry(ids));
        }
    }

    private int report(RetryReport report) {
        if (output.isJson()) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("retried", report.retried());
            figures.put("notFailed", report.notFailed());
            figures.put("refused", report.refused());
            output.json(figures);
        } else {
            output.text("retried " + report.retried() + " jobs");
            report.firstRefused().forEach(refused -> output.text(text(refused)));
            if (report.refused() > report.firstRefused().size()) {
                output.text("and " + (report.refused() - report.firstRefused().size()) + " more were refused so");
            }
        }
        return report.refused() == 0 ? 0 : 1;
    }

    private int report(List<RetryOutcome> outcomes) {
        if (output.isJson()) {
            output.json(outcomes.stream().map(RetryCommand::figures).toList());
        } else {
            outcomes.forEach(outcome -> output.text(text(outcome)));
        }
        return outcomes.stream().allMatch(RetryOutcome.Retried.class::isInstance) ? 0 : 1;
    }

    private static Map<String, Object> figures(RetryOutcome outcome) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("id", outcome.jobId());
        figures.put("retried", outcome instanceof RetryOutcome.Retried);
        if (outcome instanceof RetryOutcome.DuplicateOf duplicate) {
            figures.put("duplicateOf", duplicate.holderJobId());
        }
        return figures;
    }

    private static String text(RetryOutcome outcome) {
        if (outcome instanceof RetryOutcome.DuplicateOf duplicate) {
            return duplicate.jobId() + " stays failed: job " + duplicate.holderJobId() + " holds its unique key";
        }
        return outcome.jobId() + (outcome instanceof RetryOutcome.Retried ? " retried" : " is no failed job");
    }
}
