package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import picocli.CommandLine.Command;

/** Ends maintenance. K6 */
@Command(name = "up", description = "Ends maintenance: all workers of the cluster go on.")
final class UpCommand extends ClientCommand {
    UpCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        queue.operations().up();
        MaintenanceText.show(queue, output);
        return 0;
    }
}
