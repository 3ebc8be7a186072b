package io.muster.cluster;

import io.muster.cluster.spi.Key;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.UUID;

/**
 * How a process takes part in a cluster.
 *
 * @param namespace keeps applications apart that share a coordinator; any text
 * @param nodeId name of this node, unique among live nodes and stable over restarts if you want to recognise it
 * @param sessionTtl how long the coordinator believes in a silent process; raised to what the server can do
 * @param callTimeout longest time a single call may take
 * @param lockTtl how long a lock is held without being renewed, where its taker does not say
 * @param timeline time, threads, randomness
 */
public record ClusterOptions(
        String namespace,
        String nodeId,
        Duration sessionTtl,
        Duration callTimeout,
        Duration lockTtl,
        Timeline timeline) {
    /** C7: five seconds at most, so that a crash is noticed within six. Servers with a larger minimum raise it. */
    public static final Duration DEFAULT_SESSION_TTL = Duration.ofSeconds(4);

    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(5);

    public static final Duration DEFAULT_LOCK_TTL = Duration.ofSeconds(10);

    public ClusterOptions {
        Key.segment(namespace);
        Key.segment(nodeId);
        positive("sessionTtl", sessionTtl);
        positive("callTimeout", callTimeout);
        positive("lockTtl", lockTtl);
    }

    /** Defaults and a random node id, in the namespace {@code namespace}. */
    public static ClusterOptions named(String namespace) {
        return new ClusterOptions(
                namespace,
                "node-" + UUID.randomUUID().toString().substring(0, 8),
                DEFAULT_SESSION_TTL,
                DEFAULT_CALL_TIMEOUT,
                DEFAULT_LOCK_TTL,
                SystemTimeline.instance());
    }

    public ClusterOptions withNodeId(String changed) {
        return new ClusterOptions(namespace, changed, sessionTtl, callTimeout, lockTtl, timeline);
    }

    public ClusterOptions withSessionTtl(Duration changed) {
        return new ClusterOptions(namespace, nodeId, changed, callTimeout, lockTtl, timeline);
    }

    public ClusterOptions withCallTimeout(Duration changed) {
        return new ClusterOptions(namespace, nodeId, sessionTtl, changed, lockTtl, timeline);
    }

    public ClusterOptions withLockTtl(Duration changed) {
        return new ClusterOptions(namespace, nodeId, sessionTtl, callTimeout, changed, timeline);
    }

    public ClusterOptions withTimeline(Timeline changed) {
        return new ClusterOptions(namespace, nodeId, sessionTtl, callTimeout, lockTtl, changed);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new ClusterConfigurationException(name + " must be positive, not " + value);
        }
    }
}
