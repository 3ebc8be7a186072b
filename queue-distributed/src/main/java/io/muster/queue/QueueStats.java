package io.muster.queue;

import io.muster.queue.node.Maintenance;
import io.muster.queue.store.QueueCounts;
import java.util.List;
import java.util.Optional;

/**
 * The cluster as seen from this process, from live data. C8
 *
 * @param nodeId this process's node id
 * @param isLeader whether it leads and still trusts that
 * @param leaderId who leads, by a linearizable read
 * @param term the leader's term
 * @param totalNodes registered nodes
 * @param onlineNodes of these, neither paused nor draining
 * @param nobodyCampaigns no registered node takes part in elections: nodes reserve jobs for themselves, and chores wait (C7)
 * @param maintenance that the cluster is in maintenance, by whom and why (K6)
 * @param queues sizes by state
 * @param groups distribution groups with their leaders (C10); the figures above are those of {@link Queue#GROUP}
 */
public record QueueStats(
        String nodeId,
        boolean isLeader,
        Optional<String> leaderId,
        Optional<Long> term,
        int totalNodes,
        int onlineNodes,
        boolean nobodyCampaigns,
        Optional<Maintenance> maintenance,
        List<QueueCounts> queues,
        List<GroupView> groups) {
    public QueueStats {
        groups = List.copyOf(groups);
        queues = List.copyOf(queues);
    }
}
