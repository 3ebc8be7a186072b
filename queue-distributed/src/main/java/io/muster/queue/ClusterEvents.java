package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.Leader;
import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.Subscription;
import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who leads and who comes and goes, as events: what changed since the last view. Thread-safe. */
final class ClusterEvents implements AutoCloseable {
    private final String connection;
    private final Events events;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Map<String, Optional<String>> leaders = new LinkedHashMap<>();
    private Set<NodeId> members = Set.of();

    ClusterEvents(String connection, Events events) {
        this.connection = connection;
        this.events = events;
    }

    /** Call once. */
    void watch(Cluster cluster, List<String> groups) {
        subscriptions.add(cluster.onMembership(this::members));
        for (String group : groups) {
            subscriptions.add(cluster.onLeader(group, leader -> led(group, leader)));
        }
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
    }

    private synchronized void members(List<Node> nodes) {
        Set<NodeId> now = new LinkedHashSet<>();
        nodes.forEach(node -> now.add(node.id()));
        for (NodeId node : members) {
            if (!now.contains(node)) {
                events.raise(new QueueEvent.NodeLeft(connection, node.name(), node.incarnation()));
            }
        }
        for (NodeId node : now) {
            if (!members.contains(node)) {
                events.raise(new QueueEvent.NodeJoined(connection, node.name(), node.incarnation()));
            }
        }
        members = now;
    }

    private synchronized void led(String group, Optional<Leader> leader) {
        Optional<String> now = leader.map(each -> each.node().name());
        if (!now.equals(leaders.getOrDefault(group, Optional.empty()))) {
            leaders.put(group, now);
            events.raise(new QueueEvent.LeadershipChanged(connection, group, now));
        }
    }
}
