package io.muster.queue;

import io.muster.cluster.Node;
import io.muster.queue.node.NodeReport;
import java.util.List;

/**
 * A node and its pools. C1, C8
 *
 * @param leads whether it leads the queue's group
 * @param pools figures as of its last heartbeat; of this process's own node, as of now
 */
public record NodeView(Node node, boolean leads, List<NodeReport.Pool> pools) {
    public NodeView {
        pools = List.copyOf(pools);
    }
}
