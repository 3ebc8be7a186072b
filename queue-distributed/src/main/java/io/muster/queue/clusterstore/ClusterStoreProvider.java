package io.muster.queue.clusterstore;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreProvider;
import java.util.Set;

/** Opens {@code cluster:} and {@code cluster:?most-jobs=N}. */
public final class ClusterStoreProvider implements StoreProvider {
    private static final String MOST_JOBS = "most-jobs";

    /** Called by the service loader. */
    public ClusterStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("cluster");
    }

    @Override
    public JobStore open(ConnectionUri uri, Surroundings surroundings) {
        uri.allowOnly(Set.of(MOST_JOBS));
        int mostJobs = uri.setting(MOST_JOBS).map(ClusterStoreProvider::number).orElse(ClusterStore.DEFAULT_MOST_JOBS);
        return ClusterStore.open(surroundings.cluster(), mostJobs);
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new ClusterConfigurationException("cluster:?most-jobs=" + text + " is not a whole number", e);
        }
        throw new ClusterConfigurationException("cluster:?most-jobs=" + text + " must be at least 1");
    }
}
