package io.muster.queue;

import io.muster.cluster.Leader;
import io.muster.cluster.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * A distribution group and who leads it. C10
 *
 * @param queues its queues; none are named for {@link Queue#GROUP}, which has all that no other group has
 */
public record GroupView(String group, List<String> queues, Optional<Leader> leader) {
    public GroupView {
        queues = List.copyOf(queues);
    }

    boolean isLedBy(NodeId node) {
        return leader.map(now -> now.node().equals(node)).orElse(false);
    }
}
