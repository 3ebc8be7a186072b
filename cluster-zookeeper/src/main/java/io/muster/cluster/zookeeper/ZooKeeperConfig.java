package io.muster.cluster.zookeeper;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.time.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach ZooKeeper. {@code ZooKeeperConfig.of("zk1:2181", "zk2:2181")} is enough for most.
 *
 * @param servers {@code host:port} of some or all servers of the ensemble
 * @param connectTimeout how long {@link #open} waits for the first answer
 * @param digest user and password; everything created then belongs to this user alone
 * @param tls encryption; {@code servers} must then name the secure client port
 * @param chroot path under which all namespaces lie, beginning with a slash; created if absent
 */
public record ZooKeeperConfig(
        List<String> servers, Duration connectTimeout, Optional<Digest> digest, Optional<Tls> tls, String chroot)
        implements BackendConfig {
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final String DEFAULT_CHROOT = "/muster";

    public ZooKeeperConfig {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new ClusterConfigurationException(
                    "No ZooKeeper server given; write zookeeper://host:2181 or ZooKeeperConfig.of(\"host:2181\")");
        }
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new ClusterConfigurationException("connectTimeout must be positive, not " + connectTimeout);
        }
        if (!chroot.matches("(/[^/]+)+") || chroot.equals("/zookeeper") || chroot.startsWith("/zookeeper/")) {
            throw new ClusterConfigurationException(
                    "ZooKeeper path \"" + chroot
                            + "\" must begin with a slash, not end with one, and not lie in /zookeeper; for example /apps/muster");
        }
    }

    /** Without credentials and TLS, with defaults for the rest. */
    public static ZooKeeperConfig of(String... servers) {
        return new ZooKeeperConfig(
                List.of(servers), DEFAULT_CONNECT_TIMEOUT, Optional.empty(), Optional.empty(), DEFAULT_CHROOT);
    }

    public ZooKeeperConfig withConnectTimeout(Duration changed) {
        return new ZooKeeperConfig(servers, changed, digest, tls, chroot);
    }

    public ZooKeeperConfig withDigest(String user, String password) {
        return new ZooKeeperConfig(servers, connectTimeout, Optional.of(new Digest(user, password)), tls, chroot);
    }

    public ZooKeeperConfig withTls(Tls changed) {
        return new ZooKeeperConfig(servers, connectTimeout, digest, Optional.of(changed), chroot);
    }

    public ZooKeeperConfig withChroot(String changed) {
        return new ZooKeeperConfig(servers, connectTimeout, digest, tls, changed);
    }

    @Override
    public Backend open(String namespace, Timeline timeline) {
        return ZooKeeperBackend.open(this, namespace, timeline);
    }

    /** ZooKeeper's {@code digest} scheme. */
    public record Digest(String user, String password) {
        public Digest {
            if (user.isEmpty() || user.contains(":")) {
                throw new ClusterConfigurationException("A ZooKeeper user is not empty and has no colon");
            }
        }

        @Override
        public String toString() {
            return "Digest[user=" + user + ", password=***]";
        }
    }

    /**
     * Stores of any type that ZooKeeper knows by the file's ending: {@code .jks}, {@code .p12}, {@code .pem}.
     *
     * @param trust certificates to believe in; absent means those of the JVM
     * @param key this client's own certificate, where servers ask for one
     */
    public record Tls(Optional<Store> trust, Optional<Store> key) {}

    /** A key or trust store. */
    public record Store(Path path, String password) {
        public Store {
            if (!Files.isReadable(path)) {
                throw new ClusterConfigurationException("TLS store " + path + " is not a readable file");
            }
        }

        @Override
        public String toString() {
            return "Store[path=" + path + ", password=***]";
        }
    }
}
