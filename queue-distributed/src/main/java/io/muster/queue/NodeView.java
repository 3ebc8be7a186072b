package io.muster.queue;

import io.muster.cluster.Node;
import io.muster.queue.node.NodeReport;
import io.muster.queue.store.NewJob;
import java.util.List;
import java.util.Map;

/**
 * A node and its pools. C1, C8
 *
 * @param groups distribution groups that it leads (C10)
 * @param pools figures as of its last heartbeat; of this process's own node, as of now
 */
public record NodeView(Node node, List<String> groups, List<NodeReport.Pool> pools) {
    public NodeView {
        groups = List.copyOf(groups);
        pools = List.copyOf(pools);
    }

    /** Threads given up with handlers that ignore their interrupt and still run. K3 */
    public int stuck() {
        return pools.stream().mapToInt(pool -> pool.stats().stuck()).sum();
    }

    /** The types that it serves, without those that every node serves for the queue itself; in order. */
    public List<String> jobTypes() {
        return node.registration().jobTypes().stream()
                .filter(type -> !type.startsWith(NewJob.RESERVED_TYPES))
                .sorted()
                .toList();
    }

    /**
     * How far jobs are that run on it and say something of it, in percent by job id: as of its last heartbeat, or of {@link Queue#refresh}.
     * A node tells of {@link NodeReport#MOST_PROGRESS} jobs at most. J8
     */
    public Map<String, Integer> progress() {
        return NodeReport.of(node).map(NodeReport::progress).orElse(Map.of());
    }

    /** Whether it leads any group. */
    public boolean leads() {
        return !groups.isEmpty();
    }
}
