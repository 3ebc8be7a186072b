package io.muster.cluster.internal;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.spi.Backend;

/** Wires the recipes of one process onto its session. */
public final class SessionCluster {
    private SessionCluster() {}

    @SuppressWarnings("DoNotCallSuggester")
    public static Cluster start(Backend backend, ClusterOptions options) {
        throw new UnsupportedOperationException("the recipes follow");
    }
}
