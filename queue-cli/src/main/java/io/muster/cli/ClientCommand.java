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

    @Mixin
    private final Output output = new Output();

    ClientCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    /** Does it; what is to be said goes to {@code answer}. */
    abstract void act(Queue queue, Output answer);

    @Override
    public final Integer call() {
        try (Queue queue = Client.connect(cluster)) {
            act(queue, output);
            return 0;
        }
    }
}
