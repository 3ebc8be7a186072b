package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes old failed jobs. F1 */
@Command(
        name = "prune-failed",
        description = {
            "Removes failed jobs that are older than a day, for good.",
            "The leader removes them by itself after muster.retain-failed, seven days unless set."
        },
        mixinStandardHelpOptions = true)
final class PruneFailedCommand extends ClientCommand {
    @Option(
            names = "--hours",
            paramLabel = "N",
            description = "Keep what failed within the last N hours. Default: ${DEFAULT-VALUE}.",
            defaultValue = "24")
    private int hours;

    PruneFailedCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        FlushCommand.say(output, queue.failed().flush(Duration.ofHours(hours)));
        return 0;
    }
}
