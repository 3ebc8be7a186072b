package io.muster.queue.store;

import io.muster.cluster.Cluster;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.Timeline;
import java.util.Set;

/** Finds a store by URI scheme; one per store, registered as a {@link java.util.ServiceLoader} service. */
public interface StoreProvider {
    /** Schemes in lower case, such as {@code memory}, {@code cluster}. */
    Set<String> schemes();

    /**
     * Opens the store.
     *
     * @throws io.muster.cluster.ClusterConfigurationException a setting is unknown or invalid
     * @throws StoreUnavailableException the store does not answer
     */
    JobStore open(ConnectionUri uri, Surroundings surroundings);

    /**
     * What a store may use.
     *
     * @param cluster for stores that keep jobs in the coordinator; not closed by the store
     * @param namespace keeps applications apart that share a server
     */
    record Surroundings(Cluster cluster, String namespace, Timeline timeline) {}
}
