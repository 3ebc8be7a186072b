package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.queue.Queue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A command that connects to a cluster, does one thing or shows one, and answers in text or JSON. */
@Command(mixinStandardHelpOptions = true)
abstract class ClientCommand implements Callable<Integer> {
    @Mixin
    private final ClusterOption cluster;

    /** Where it answers. */
    @Mixin
    final Output output = new Output();

    ClientCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    /** Does it; answers the exit code. */
    abstract int act(Queue queue);

    @Override
    public final Integer call() {
        try (Queue queue = Client.connect(cluster)) {
            return act(queue);
        }
    }
}
