package io.muster.queue.memory;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreProvider;
import java.util.Map;
import java.util.Set;

/**
 * Finds the store inside this JVM: {@code memory:} or {@code memory:name?maxJobs=5000}. Nodes of one JVM that use the same
 * namespace and name share its jobs.
 */
public final class MemoryStoreProvider implements StoreProvider {
    private static final String MAX_JOBS = "maxJobs";

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public JobStore open(ConnectionUri uri, Surroundings surroundings) {
        uri.allowOnly(Set.of(MAX_JOBS));
        if (!uri.hosts().isEmpty() || uri.user().isPresent() || uri.password().isPresent()) {
            throw new ClusterConfigurationException(
                    "A memory store has a name and no host: write memory: or memory:name");
        }
        try {
            MemoryOptions options = uri.setting(MAX_JOBS)
                    .map(most -> MemoryOptions.from(Map.of(MemoryOptions.MAX_JOBS_SETTING, most)))
                    .orElse(MemoryOptions.DEFAULT);
            return MemoryStore.open(surroundings.namespace() + "/" + uri.path(), options, surroundings.timeline());
        } catch (IllegalArgumentException e) {
            throw new ClusterConfigurationException(
                    "Memory store " + uri + " cannot be opened: " + e.getMessage() + ". Correct " + MAX_JOBS + ".", e);
        }
    }
}
