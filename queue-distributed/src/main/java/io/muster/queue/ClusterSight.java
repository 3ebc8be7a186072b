package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.Leader;
import io.muster.cluster.Node;
import io.muster.cluster.NodeStatus;
import io.muster.queue.node.NodeReport;
import io.muster.queue.node.Orders;
import io.muster.queue.store.JobStore;
import io.muster.queue.worker.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The cluster as this process sees it, read anew with each call. C1, C8, C10 */
final class ClusterSight {
    private final QueueSettings settings;
    private final Cluster cluster;
    private final JobStore store;
    private final Supplier<List<PoolStats>> ownPools;
    private final Orders orders;

    /** {@code ownPools} are this process's figures at this moment. */
    ClusterSight(
            QueueSettings settings,
            Cluster cluster,
            JobStore store,
            Supplier<List<PoolStats>> ownPools,
            Orders orders) {
        this.settings = settings;
        this.cluster = cluster;
        this.store = store;
        this.ownPools = ownPools;
        this.orders = orders;
    }

    QueueStats stats(boolean leads) {
        List<Node> nodes = cluster.nodes();
        Optional<Leader> leader = cluster.leader(Queue.GROUP);
        int online = (int) nodes.stream()
                .filter(node -> node.status() == NodeStatus.ONLINE)
                .count();
        return new QueueStats(
                settings.nodeId().orElse(cluster.self().name()),
                leads,
                leader.map(now -> now.node().name()),
                leader.map(Leader::term),
                nodes.size(),
                online,
                nobodyCampaigns(nodes),
                orders.read().maintenance(),
                store.intake().counts(),
                groups(nodes));
    }

    boolean nobodyCampaigns() {
        return nobodyCampaigns(cluster.nodes());
    }

    List<NodeView> nodes() {
        List<Node> nodes = cluster.nodes();
        List<GroupView> groups = groups(nodes);
        return nodes.stream()
                .map(node -> new NodeView(
                        node,
                        groups.stream()
                                .filter(group -> group.isLedBy(node.id()))
                                .map(GroupView::group)
                                .toList(),
                        NodeReport.of(node)
                                .map(report -> node.id().equals(cluster.self()) ? report.with(ownPools.get()) : report)
                                .map(NodeReport::atWork)
                                .orElse(List.of())))
                .toList();
    }

    List<GroupView> groups() {
        return groups(cluster.nodes());
    }

    private List<GroupView> groups(List<Node> nodes) {
        Map<String, List<String>> known = new TreeMap<>(settings.groups().named());
        for (Node node : nodes) {
            NodeReport.of(node)
                    .ifPresent(report -> report.groups().named().named().forEach(known::putIfAbsent));
        }
        List<GroupView> groups = new ArrayList<>();
        groups.add(new GroupView(Queue.GROUP, List.of(), cluster.leader(Queue.GROUP)));
        known.forEach((group, queues) -> groups.add(new GroupView(group, queues, cluster.leader(group))));
        return groups;
    }

    private static boolean nobodyCampaigns(List<Node> nodes) {
        return !nodes.isEmpty() && nodes.stream().noneMatch(NodeReport::takesPartInElections);
    }
}
