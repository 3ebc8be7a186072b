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
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a node works with.
 *
 * @param groups what it says of the distribution groups
 * @param registration address, port and labels; types, queues and metadata are filled in
 * @param assignment who decides what this node gets
 * @param heartbeat how often pool figures are published
 * @param watch told of all that happens in the pools
 * @param reclaimAfter how long this node may give no sign of life before its jobs run elsewhere (K2)
 * @param onRestart what a restart signal does to its pools (K4)
 * @param held what this node, as leader, cannot push elsewhere (W1)
 * @param heapBytes the process's heap in use after the last garbage collection
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
        PoolWatch watch,
        Duration reclaimAfter,
        OnRestart onRestart,
        LongSupplier heapBytes,
        Supplier<Map<String, NodeReport.Held>> held) {
    /** Who decides what a node gets. C7 */
    public enum Assignment {
        /** The leader assigns. */
        BY_LEADER,
        /** The node reserves for itself. */
        BY_ITSELF
    }

    /** What a restart signal does to the pools, when they have finished what runs. K4 */
    public enum OnRestart {
        /** They are built anew and go on. */
        REBUILD,
        /** They end, so that the process can. */
        END
    }

    public NodeSetting {
        pools = List.copyOf(pools);
    }
}
