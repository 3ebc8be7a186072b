package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.JobStore;

/** Connects to the coordinator as settings say, and makes it the one that a store obeys. */
final class ClusterOpening {
    private ClusterOpening() {}

    static Cluster open(QueueBuilder builder) {
        QueueSettings settings = builder.settings();
        ClusterOptions options = ClusterOptions.named(settings.namespace())
                .withSessionTtl(settings.sessionTtl())
                .withLockTtl(settings.lockTimeout())
                .withTimeline(builder.timeline());
        ClusterOptions named = settings.nodeId().map(options::withNodeId).orElse(options);
        return builder.backend()
                .map(config -> Cluster.open(config, named))
                .orElseGet(() -> Cluster.open(settings.cluster(), named));
    }

    /** Answers the identity of the coordinator that the store obeys from now on. C11 */
    static String adopt(Cluster cluster, JobStore store, String group) {
        ClusterOptions options = cluster.options();
        String identity = cluster.backend()
                .identity(
                        Deadline.after(options.callTimeout(), options.timeline().ticker()));
        store.leader().adopt(group, identity);
        return identity;
    }
}
