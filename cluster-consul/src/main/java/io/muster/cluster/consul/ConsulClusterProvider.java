package io.muster.cluster.consul;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code consul://[:token@]host[:port]} and {@code consuls://…} for HTTPS. Settings: {@code token}, {@code datacenter},
 * {@code connectTimeout}; with HTTPS also {@code trustStore} and {@code trustStorePassword}.
 */
public final class ConsulClusterProvider implements ClusterProvider {
    private static final String PLAIN = "consul";
    private static final String TLS = "consuls";
    private static final Set<String> SETTINGS = Set.of("token", "datacenter", "connectTimeout");
    private static final Set<String> TLS_SETTINGS = Set.of("trustStore", "trustStorePassword");

    @Override
    public Set<String> schemes() {
        return Set.of(PLAIN, TLS);
    }

    @Override
    public BackendConfig config(ConnectionUri uri) {
        boolean secure = uri.scheme().equals(TLS);
        Set<String> known = new TreeSet<>(SETTINGS);
        if (secure) {
            known.addAll(TLS_SETTINGS);
        }
        uri.allowOnly(known);
        if (uri.hosts().size() != 1) {
            throw new ClusterConfigurationException("A Consul address names exactly one agent, the one of this machine,"
                    + " because a session is bound to its agent; such as consul://localhost:8500");
        }
        if (!uri.path().isEmpty()) {
            throw new ClusterConfigurationException("A Consul address has no path; remove \"/" + uri.path() + "\"");
        }
        if (uri.user().isPresent()) {
            throw new ClusterConfigurationException(
                    "Consul has no user names, only tokens: write consul://:token@host:port");
        }
        ConnectionUri.Host host = uri.hosts().get(0);
        Duration connectTimeout = uri.duration("connectTimeout").orElse(ConsulConfig.DEFAULT_CONNECT_TIMEOUT);
        return new ConsulConfig(
                host.name(),
                host.port().orElse(secure ? ConsulConfig.DEFAULT_TLS_PORT : ConsulConfig.DEFAULT_PORT),
                secure ? Optional.of(tls(uri)) : Optional.empty(),
                token(uri),
                connectTimeout,
                uri.setting("datacenter"));
    }

    private static Optional<String> token(ConnectionUri uri) {
        Optional<String> setting = uri.setting("token");
        if (setting.isPresent() && uri.password().isPresent()) {
            throw new ClusterConfigurationException(
                    "The Consul token is given twice, before the host and as setting token; remove one");
        }
        return setting.or(uri::password);
    }

    private static ConsulConfig.Tls tls(ConnectionUri uri) {
        Optional<String> password = uri.setting("trustStorePassword");
        Optional<Path> file = uri.setting("trustStore").map(Path::of);
        if (password.isPresent() && file.isEmpty()) {
            throw new ClusterConfigurationException("Setting trustStorePassword needs setting trustStore");
        }
        return new ConsulConfig.Tls(file, password);
    }
}
