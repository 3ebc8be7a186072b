package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import picocli.CommandLine.Command;

/** Empties a queue. Q5 */
@Command(
        name = "clear",
        description = {
            "Removes the jobs that wait in queues, ready and delayed ones, for good.",
            "What is assigned, runs or failed stays. Unique keys of removed jobs are free."
        })
final class ClearCommand extends QueuesCommand {
    ClearCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Done act(Queue queue, String name) {
        long cleared = queue.clear(name);
        return new Done("cleared", cleared, "cleared " + name + ": " + cleared + " jobs");
    }
}
