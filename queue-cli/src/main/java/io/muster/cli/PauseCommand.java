package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import picocli.CommandLine.Command;

/** Stops a queue. Q5 */
@Command(
        name = "pause",
        description = {
            "Stops handing out the jobs of queues, in the whole cluster.",
            "Pushes are still accepted, and what nodes have already still runs. It lasts until 'muster resume'."
        })
final class PauseCommand extends QueuesCommand {
    PauseCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Done act(Queue queue, String name) {
        queue.pause(name);
        return new Done("paused", true, "paused " + name);
    }
}
