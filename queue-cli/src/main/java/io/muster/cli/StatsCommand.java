package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.cli.console.Table;
import io.muster.queue.NodeView;
import io.muster.queue.Queue;
import io.muster.queue.QueueFigures;
import io.muster.queue.QueueStats;
import io.muster.queue.UnservedType;
import io.muster.queue.node.NodeReport;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.worker.PoolStats;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Shows the cluster's figures. C8 */
@Command(
        name = "stats",
        description = "Shows queues, pools and who leads, from live data.",
        mixinStandardHelpOptions = true)
final class StatsCommand extends ClientCommand {
    StatsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int act(Queue queue) {
        queue.refresh(Client.PATIENCE);
        List<NodeView> nodes = queue.nodes();
        QueueStats stats = queue.stats();
        List<UnservedType> unserved = queue.unserved();
        if (output.isJson()) {
            Map<String, @Nullable Object> figures = QueueFigures.stats(stats, nodes);
            figures.put("unserved", QueueFigures.unserved(unserved));
            output.json(figures);
        } else {
            show(stats, nodes);
            unserved.forEach(type -> output.text("waiting: " + type.jobs() + " jobs of type \"" + type.type()
                    + "\" on queue \"" + type.queue() + "\"; no node serves both"));
        }
        return 0;
    }

    private void show(QueueStats stats, List<NodeView> nodes) {
        output.text("leader " + stats.leaderId().orElse("none")
                + stats.term().map(term -> " (term " + term + ")").orElse("") + ", nodes " + stats.totalNodes()
                + ", online " + stats.onlineNodes());
        if (stats.nobodyCampaigns()) {
            output.text("no node takes part in elections: nodes reserve jobs for themselves, chores wait");
        }
        stats.groups().stream()
                .filter(group -> !group.group().equals(Queue.GROUP))
                .forEach(group -> output.text("group " + group.group() + " ("
                        + String.join(", ", group.queues()) + "): leader "
                        + group.leader()
                                .map(now -> now.node().name() + " (term " + now.term() + ")")
                                .orElse("none")));
        stats.maintenance().ifPresent(now -> output.text(MaintenanceText.line(now)));
        output.text("");
        Table queues =
                new Table("QUEUE", "PENDING", "RESERVED", "PROCESSING", "DELAYED", "COMPLETED", "FAILED", "PAUSED");
        for (QueueCounts counts : stats.queues()) {
            queues.row(
                    counts.queue(),
                    counts.ready(),
                    counts.assigned(),
                    counts.running(),
                    counts.delayed(),
                    counts.completed(),
                    counts.failed(),
                    counts.paused() ? "yes" : "no");
        }
        output.text(queues.isEmpty() ? "no queue has ever held a job" : queues);
        output.text("");
        Table pools = new Table(
                "NODE",
                "POOL",
                "STATUS",
                "TOTAL",
                "ACTIVE",
                "IDLE",
                "PROCESSED",
                "FAILED",
                "RETRIED",
                "STALE",
                "STUCK");
        for (NodeView node : nodes) {
            for (NodeReport.Pool pool : node.pools()) {
                PoolStats figures = pool.stats();
                pools.row(
                        node.node().id().name(),
                        pool.name(),
                        figures.status(),
                        figures.total(),
                        figures.active(),
                        figures.idle(),
                        figures.processed(),
                        figures.failed(),
                        figures.retried(),
                        figures.stale(),
                        figures.stuck());
            }
        }
        output.text(pools.isEmpty() ? "no node works" : pools);
    }
}
