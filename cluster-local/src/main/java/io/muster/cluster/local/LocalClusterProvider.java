package io.muster.cluster.local;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import java.util.Set;

/** Finds the coordinator inside this JVM: {@code local:} or {@code local:name}. */
public final class LocalClusterProvider implements ClusterProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("local");
    }

    @Override
    public BackendConfig config(ConnectionUri uri) {
        uri.allowOnly(Set.of());
        if (!uri.hosts().isEmpty() || uri.user().isPresent() || uri.password().isPresent()) {
            throw new ClusterConfigurationException(
                    "A local coordinator has a name and no host: write local: or local:name");
        }
        return LocalConfig.named(uri.path());
    }
}
