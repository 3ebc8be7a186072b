package io.muster.cluster.etcd;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code etcd://[user:password@]host[:2379][,host…][?connectTimeout=5s]}, and {@code etcds://} for TLS, which also knows
 * {@code ca}, {@code cert} and {@code key}, PEM files.
 */
public final class EtcdClusterProvider implements ClusterProvider {
    private static final String PLAIN = "etcd";
    private static final String ENCRYPTED = "etcds";
    private static final Set<String> PLAIN_SETTINGS = Set.of("connectTimeout");
    private static final Set<String> TLS_SETTINGS = Set.of("connectTimeout", "ca", "cert", "key");

    @Override
    public Set<String> schemes() {
        return Set.of(PLAIN, ENCRYPTED);
    }

    @Override
    public BackendConfig config(ConnectionUri uri) {
        boolean encrypted = uri.scheme().equals(ENCRYPTED);
        if (!encrypted && (uri.setting("ca").isPresent() || uri.setting("cert").isPresent())) {
            throw new ClusterConfigurationException("Settings ca and cert need TLS: write etcds:// instead of etcd://");
        }
        uri.allowOnly(encrypted ? TLS_SETTINGS : PLAIN_SETTINGS);
        if (!uri.path().isEmpty()) {
            throw new ClusterConfigurationException("An etcd address has no path, this one has \"/" + uri.path()
                    + "\"; to keep applications apart use the namespace of the cluster options");
        }
        List<String> endpoints =
                uri.hosts().stream().map(EtcdClusterProvider::endpoint).toList();
        Optional<EtcdConfig.Tls> tls = encrypted
                ? Optional.of(new EtcdConfig.Tls(file(uri, "ca"), file(uri, "cert"), file(uri, "key")))
                : Optional.empty();
        return new EtcdConfig(
                endpoints,
                credentials(uri),
                tls,
                uri.duration("connectTimeout").orElse(EtcdConfig.DEFAULT_CONNECT_TIMEOUT));
    }

    private static Optional<EtcdConfig.Credentials> credentials(ConnectionUri uri) {
        if (uri.user().isEmpty() && uri.password().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new EtcdConfig.Credentials(uri.user().orElse(""), uri.password().orElse("")));
    }

    private static Optional<Path> file(ConnectionUri uri, String setting) {
        return uri.setting(setting).map(Path::of);
    }

    private static String endpoint(ConnectionUri.Host host) {
        return host.name() + ":" + host.port().orElse(EtcdConfig.DEFAULT_PORT);
    }
}
