package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.cli.console.Table;
import io.muster.cluster.Node;
import io.muster.queue.NodeView;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Shows who is there. C1 */
@Command(name = "nodes", description = "Shows the nodes of the cluster.", mixinStandardHelpOptions = true)
final class NodesCommand extends ClientCommand {
    NodesCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
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

    private static Table table(List<NodeView> nodes) {
        Table table = new Table(
                "NODE", "STATUS", "LEADS", "ADDRESS", "QUEUES", "JOB TYPES", "STARTED", "LAST SEEN", "POOLS", "STUCK");
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
                    String.join(",", view.jobTypes()),
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
