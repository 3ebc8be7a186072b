package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import picocli.CommandLine.Command;

/** Lets a paused queue go on. Q5 */
@Command(
        name = "resume",
        description = {"Hands out the jobs of paused queues again."})
final class ResumeCommand extends QueuesCommand {
    ResumeCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Done act(Queue queue, String name) {
        queue.resume(name);
        return new Done("paused", false, "resumed " + name);
    }
}
