package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Begins maintenance. K6 */
@Command(
        name = "down",
        description = {
            "Begins maintenance: no worker of the cluster begins a job, but those with --force, until 'muster up'.",
            "Pushes are still accepted, and what runs goes on."
        })
final class DownCommand extends ClientCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for others to see. Default: none.")
    private String reason = "";

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so. Default: ${DEFAULT-VALUE}.")
    private String by = System.getProperty("user.name", "unknown");

    DownCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        queue.operations().down(by, reason);
        MaintenanceText.show(queue, output);
        return 0;
    }
}
