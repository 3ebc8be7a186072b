package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import java.util.Map;
import picocli.CommandLine.Command;

/** Restarts all workers. K4 */
@Command(
        name = "restart",
        description = {
            "Tells all workers of the cluster to finish what runs and begin anew; worker processes exit with 0.",
            "Nodes that are away obey on their return, later ones have nothing to obey."
        })
final class RestartCommand extends ClientCommand {
    RestartCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        queue.operations().restart();
        if (output.isJson()) {
            output.json(Map.of("restart", true));
        } else {
            output.text("all workers restart when they have finished what runs");
        }
        return 0;
    }
}
