package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes all failed jobs, or the older ones. F1 */
@Command(
        name = "flush",
        description = "Removes all failed jobs for good, or those of some age.",
        mixinStandardHelpOptions = true)
final class FlushCommand extends ClientCommand {
    @Option(names = "--hours", paramLabel = "N", description = "Only what failed more than N hours ago.")
    private @Nullable Integer hours;

    FlushCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        long removed = hours == null ? queue.failed().flush() : queue.failed().flush(Duration.ofHours(hours));
        say(output, removed);
        return 0;
    }

    static void say(Output output, long removed) {
        if (output.isJson()) {
            output.json(Map.of("removed", removed));
        } else {
            output.text("removed " + removed + " failed jobs");
        }
    }
}
