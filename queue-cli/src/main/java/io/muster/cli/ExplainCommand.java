package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import io.muster.queue.explain.Cause;
import io.muster.queue.explain.Explanation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says why a job is not running. O1 */
@Command(
        name = "explain",
        description = {
            "Says why a job is not running, or what became of it: each cause that is found.",
            "Exit code 1 if nobody knows such a job: it is neither in the store nor still to be pushed."
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private final ClusterOption cluster;

    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "ID", description = "The job.")
    private String id = "";

    ExplainCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() {
        try (Queue queue = Client.connect(cluster)) {
            Explanation explanation = queue.explain(id);
            if (output.isJson()) {
                output.json(QueueFigures.explanation(explanation));
            } else {
                explanation
                        .job()
                        .ifPresent(job -> output.text(
                                "job " + job.id() + ", " + job.type() + " on " + job.queue() + ", " + job.state()));
                explanation.causes().stream().map(Cause::text).forEach(output::text);
            }
            boolean unknown = explanation.causes().stream().anyMatch(Cause.UnknownId.class::isInstance);
            return unknown ? 1 : 0;
        }
    }
}
