package io.muster.cluster.spi;

import java.util.Set;

/** Finds a backend by URI scheme; one per backend module, registered as a {@link java.util.ServiceLoader} service. */
public interface ClusterProvider {
    /** Schemes in lower case, such as {@code redis}, {@code rediss}. */
    Set<String> schemes();

    /**
     * Reads the backend's own settings from the URI: hosts, credentials, path, and query parameters.
     *
     * @throws io.muster.cluster.ClusterConfigurationException a setting is unknown or invalid; names it and the nearest known one
     */
    BackendConfig config(ConnectionUri uri);
}
