package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.cli.console.Table;
import io.muster.cluster.Node;
import io.muster.queue.NodeView;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows who is there. C1 */
@Command(name = "nodes", description = "Shows the nodes of the cluster.", mixinStandardHelpOptions = true)
final class NodesCommand implements Callable<Integer> {
    @Mixin
    private final ClusterOption cluster;

    @Mixin
    private final Output output = new Output();

    NodesCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() {
        try (Queue queue = Client.connect(cluster.settings())) {
            queue.refresh(Client.PATIENCE);
            List<NodeView> nodes = queue.nodes();
            if (output.isJson()) {
                output.json(QueueFigures.nodes(nodes));
            } else if (nodes.isEmpty()) {
                output.text("no nodes");
            } else {
                output.text(table(nodes));
            }
            return 0;
        }
    }

    private static Table table(List<NodeView> nodes) {
        Table table = new Table("NODE", "STATUS", "LEADS", "ADDRESS", "QUEUES", "JOB TYPES", "STARTED", "LAST SEEN", "POOLS", "STUCK");
        for (NodeView view : nodes) {
            Node node = view.node();
            int port = node.registration().port();
            table.row(
                    node.id().name(),
                    node.status(),
                    view.groups().equals(List.of(Queue.GROUP)) ? "leads" : String.join(",", view.groups()),
                    node.registration().address() + (port == 0 ? "" : ":" + port),
                    String.join(
                            ",", node.registration().queues().stream().sorted().toList()),
                    String.join(
                            ",",
                            node.registration().jobTypes().stream().sorted().toList()),
                    node.startedAt(),
                    node.lastSeen(),
                    view.pools().stream()
                            .map(pool -> pool.name() + " " + pool.stats().status())
                            .collect(Collectors.joining(", ")),
                    view.stuck());
        }
        return table;
    }
}
