package io.muster.queue;

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
 * @param queues sizes by state
 */
public record QueueStats(
        String nodeId,
        boolean isLeader,
        Optional<String> leaderId,
        Optional<Long> term,
        int totalNodes,
        int onlineNodes,
        List<QueueCounts> queues) {
    public QueueStats {
        queues = List.copyOf(queues);
    }
}
