package io.muster.cluster.zookeeper;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Digest;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Store;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Tls;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code zookeeper://[user:password@]host[:2181][,host…][/chroot][?connectTimeout=5s]}, and {@code zookeepers://…}
 * for TLS, with the further settings {@code trustStore}, {@code trustStorePassword}, {@code keyStore},
 * {@code keyStorePassword}.
 */
public final class ZooKeeperClusterProvider implements ClusterProvider {
    private static final String PLAIN = "zookeeper";
    private static final String SECURE = "zookeepers";
    private static final int PLAIN_PORT = 2181;
    private static final int SECURE_PORT = 2281;
    private static final String CONNECT_TIMEOUT = "connectTimeout";
    private static final String TRUST_STORE = "trustStore";
    private static final String KEY_STORE = "keyStore";
    private static final String PASSWORD = "Password";
    private static final Set<String> SECURE_SETTINGS =
            Set.of(CONNECT_TIMEOUT, TRUST_STORE, TRUST_STORE + PASSWORD, KEY_STORE, KEY_STORE + PASSWORD);

    @Override
    public Set<String> schemes() {
        return Set.of(PLAIN, SECURE);
    }

    @Override
    public ZooKeeperConfig config(ConnectionUri uri) {
        boolean secure = uri.scheme().equals(SECURE);
        uri.allowOnly(secure ? SECURE_SETTINGS : Set.of(CONNECT_TIMEOUT));
        int defaultPort = secure ? SECURE_PORT : PLAIN_PORT;
        List<String> servers = uri.hosts().stream()
                .map(host -> host.name() + ":" + host.port().orElse(defaultPort))
                .toList();
        return new ZooKeeperConfig(
                servers,
                uri.duration(CONNECT_TIMEOUT).orElse(ZooKeeperConfig.DEFAULT_CONNECT_TIMEOUT),
                digest(uri),
                secure ? Optional.of(new Tls(store(uri, TRUST_STORE), store(uri, KEY_STORE))) : Optional.empty(),
                uri.path().isEmpty() ? ZooKeeperConfig.DEFAULT_CHROOT : "/" + uri.path());
    }

    private static Optional<Digest> digest(ConnectionUri uri) {
        if (uri.user().isEmpty() && uri.password().isEmpty()) {
            return Optional.empty();
        }
        if (uri.user().isEmpty() || uri.password().isEmpty()) {
            throw new ClusterConfigurationException(
                    "ZooKeeper needs user and password together: " + uri.scheme() + "://user:password@host:2181");
        }
        return Optional.of(new Digest(uri.user().get(), uri.password().get()));
    }

    private static Optional<Store> store(ConnectionUri uri, String name) {
        return uri.setting(name)
                .map(path ->
                        new Store(Path.of(path), uri.setting(name + PASSWORD).orElse("")));
    }
}
