package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.clusterstore.ClusterStore;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoreProvider;
import io.muster.queue.store.StoreProvider.Surroundings;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the store that a URI names. Without one: memory on a local coordinator; the store of the coordinator's own scheme, at
 * its address, if its module is on the class path (Redis); else the coordinator itself.
 */
final class StoreOpening {
    private StoreOpening() {}

    /** Opens the store of {@code builder}; closes the cluster if that fails. */
    static JobStore open(QueueBuilder builder, Cluster cluster) {
        try {
            return builder.openStore(cluster);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Opens it.
     *
     * @param coordinator its address, if it was given as text
     * @throws ClusterConfigurationException no such store; or none is named, and the coordinator itself holds jobs
     *     that the one by default would not find
     */
    static JobStore open(QueueSettings settings, Cluster cluster, Optional<ConnectionUri> coordinator) {
        if (settings.store().isPresent()) {
            return open(ConnectionUri.parse(settings.store().get()), settings, cluster);
        }
        if (cluster.capabilities().backend().equals("local")) {
            return open(ConnectionUri.parse("memory:"), settings, cluster);
        }
        Optional<ConnectionUri> beside =
                coordinator.filter(uri -> provider(uri.scheme()).isPresent());
        beside.ifPresent(uri -> requireNoJobsInCoordinator(uri, cluster));
        return open(beside.orElseGet(() -> ConnectionUri.parse("cluster:")), settings, cluster);
    }

    private static JobStore open(ConnectionUri uri, QueueSettings settings, Cluster cluster) {
        StoreProvider provider = provider(uri.scheme()).orElseThrow(() -> unknown(uri));
        return provider.open(
                uri,
                new Surroundings(
                        cluster, settings.namespace(), cluster.options().timeline()));
    }

    private static Optional<StoreProvider> provider(String scheme) {
        for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
            if (provider.schemes().contains(scheme)) {
                return Optional.of(provider);
            }
        }
        return Optional.empty();
    }

    private static ClusterConfigurationException unknown(ConnectionUri uri) {
        Set<String> known = new TreeSet<>();
        ServiceLoader.load(StoreProvider.class).forEach(provider -> known.addAll(provider.schemes()));
        return new ClusterConfigurationException("No store for scheme \"" + uri.scheme()
                + "\" on the class path. Known: " + String.join(", ", known)
                + ". Add its module or correct muster.store.");
    }

    /** Jobs that lie in the coordinator would wait there unseen. */
    private static void requireNoJobsInCoordinator(ConnectionUri beside, Cluster cluster) {
        try (ClusterStore inCoordinator = ClusterStore.open(cluster, ClusterStore.DEFAULT_MOST_JOBS)) {
            long live = inCoordinator.intake().counts().stream()
                    .mapToLong(QueueCounts::live)
                    .sum();
            if (live > 0) {
                throw new ClusterConfigurationException("The coordinator itself holds " + live
                        + " jobs of this namespace, and without muster.store jobs are now kept in the store at "
                        + beside
                        + ". Write muster.store=cluster: to go on with them, or work them off that way first.");
            }
        }
    }
}
