package io.muster.cluster;

import java.time.Instant;
import java.util.Map;

/**
 * A registered node. C1
 *
 * @param registration what it said when it joined; its metadata is that of the last {@link Cluster#publish}
 * @param startedAt when this incarnation registered, by the node's own wall clock
 * @param lastSeen when it last published, by the node's own wall clock; liveness is that it is listed, not this
 */
public record Node(NodeId id, Registration registration, NodeStatus status, Instant startedAt, Instant lastSeen) {
    public Map<String, String> metadata() {
        return registration.metadata();
    }
}
