package io.muster.queue;

import io.muster.cluster.Node;
import io.muster.queue.node.NodeReport;
import java.util.List;

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

    /** Whether it leads any group. */
    public boolean leads() {
        return !groups.isEmpty();
    }
}
