package io.muster.queue.node;

import io.muster.cluster.Cluster;
import io.muster.cluster.Registration;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.JobStore;
import io.muster.queue.worker.NodeSlots;
import io.muster.queue.worker.OnSessionLost;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolWatch;
import java.time.Duration;
import java.util.List;

/**
 * What a node works with.
 *
 * @param groups what it says of the distribution groups
 * @param registration address, port and labels; types, queues and metadata are filled in
 * @param assignment who decides what this node gets
 * @param heartbeat how often pool figures are published
 * @param watch told of all that happens in the pools
 */
public record NodeSetting(
        Cluster cluster,
        JobStore store,
        JobTypes types,
        List<PoolOptions> pools,
        NodeReport.Groups groups,
        Registration registration,
        NodeSlots slots,
        Assignment assignment,
        OnSessionLost onSessionLost,
        Duration heartbeat,
        PoolWatch watch) {
    /** Who decides what a node gets. C7 */
    public enum Assignment {
        /** The leader assigns. */
        BY_LEADER,
        /** The node reserves for itself. */
        BY_ITSELF
    }

    public NodeSetting {
        pools = List.copyOf(pools);
    }
}
