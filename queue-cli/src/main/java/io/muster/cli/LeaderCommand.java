package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.cluster.Leader;
import io.muster.queue.Queue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows who leads. C4 */
@Command(name = "leader", description = "Shows who leads, and its term.", mixinStandardHelpOptions = true)
final class LeaderCommand implements Callable<Integer> {
    @Mixin
    private final ClusterOption cluster;

    @Mixin
    private final Output output = new Output();

    LeaderCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() {
        try (Queue queue = Client.connect(cluster.settings())) {
            Optional<Leader> leader = queue.leader();
            if (output.isJson()) {
                output.json(figures(leader));
            } else {
                output.text(leader.map(now -> now.node().name() + " leads, term " + now.term())
                        .orElse("nobody leads"));
            }
            return 0;
        }
    }

    private static Map<String, @Nullable Object> figures(Optional<Leader> leader) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("group", Queue.GROUP);
        figures.put("leaderId", leader.map(now -> now.node().name()).orElse(null));
        figures.put("incarnation", leader.map(now -> now.node().incarnation()).orElse(null));
        figures.put("term", leader.map(Leader::term).orElse(null));
        return figures;
    }
}
