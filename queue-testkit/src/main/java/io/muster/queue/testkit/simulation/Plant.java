package io.muster.queue.testkit.simulation;

import io.muster.cluster.spi.BackendConfig;
import io.muster.queue.store.JobStore;

/** Where a test can put a bug of the protocol into a simulated cluster, to see that it is found. Each has nothing planted unless overridden. */
public interface Plant {
    /** No bug. */
    Plant NONE = new Plant() {};

    /** What a node makes of its store's calls and answers: above the network between the two. */
    default JobStore client(JobStore store) {
        return store;
    }

    /** The store itself: below the network, and below what the history is told. */
    default JobStore server(JobStore store) {
        return store;
    }

    /** What a node makes of the coordinator. */
    default BackendConfig coordinator(BackendConfig config) {
        return config;
    }
}
