package io.muster.cluster;

/** What a live node is doing. A node that is not listed is not alive, as far as the coordinator knows. */
public enum NodeStatus {
    ONLINE,
    PAUSED,
    DRAINING
}
