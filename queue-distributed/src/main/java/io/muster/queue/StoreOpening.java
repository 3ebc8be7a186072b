package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreProvider;
import io.muster.queue.store.StoreProvider.Surroundings;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Finds the store that a URI names. */
final class StoreOpening {
    private StoreOpening() {}

    static JobStore open(QueueSettings settings, Cluster cluster) {
        ConnectionUri uri = ConnectionUri.parse(settings.store().orElseGet(() -> defaultStore(cluster)));
        Set<String> known = new TreeSet<>();
        for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
            if (provider.schemes().contains(uri.scheme())) {
                return provider.open(
                        uri,
                        new Surroundings(
                                cluster, settings.namespace(), cluster.options().timeline()));
            }
            known.addAll(provider.schemes());
        }
        throw new ClusterConfigurationException(
                "No store for scheme \"" + uri.scheme() + "\" on the class path. Known: " + String.join(", ", known)
                        + ". Add its module or correct muster.store.");
    }

    /** Inside one process jobs are kept in memory, else in the coordinator itself. */
    private static String defaultStore(Cluster cluster) {
        return cluster.capabilities().backend().equals("local") ? "memory:" : "cluster:";
    }
}
