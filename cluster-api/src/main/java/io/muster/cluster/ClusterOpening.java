package io.muster.cluster;

import io.muster.cluster.internal.SessionCluster;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.spi.Key;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Finds the backend that a URI names and opens a cluster on it. */
final class ClusterOpening {
    private ClusterOpening() {}

    static Cluster open(String text, ClusterOptions options) {
        return open(config(ConnectionUri.parse(text)), options);
    }

    static Cluster open(BackendConfig config, ClusterOptions options) {
        Backend backend = config.open(Key.segment(options.namespace()), options.timeline());
        try {
            return SessionCluster.start(backend, options);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    private static BackendConfig config(ConnectionUri uri) {
        Set<String> known = new TreeSet<>();
        for (ClusterProvider provider : ServiceLoader.load(ClusterProvider.class)) {
            if (provider.schemes().contains(uri.scheme())) {
                return provider.config(uri);
            }
            known.addAll(provider.schemes());
        }
        throw new ClusterConfigurationException(
                "No coordinator for scheme \"" + uri.scheme() + "\" on the class path. Known: "
                        + (known.isEmpty() ? "none" : String.join(", ", known))
                        + ". Add the module, for example io.muster:cluster-etcd, or correct the address.");
    }
}
