package io.muster.queue.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.spi.ConnectionUri.Host;
import io.muster.cluster.time.Timeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach the Redis (6.2 or newer) or Valkey that keeps the jobs: as one server, through Sentinel, or as a Cluster.
 *
 * <p>The store's connections are its own, also where the coordinator is the same server. A store lies in one slot of a Cluster.
 *
 * @param topology what the hosts are
 * @param hosts the server; the Sentinels; some nodes of the Cluster
 * @param master name under which the Sentinels watch the server; only with them
 * @param credentials of the server
 * @param sentinelPassword password of the Sentinels themselves
 * @param database number of the database; 0 on a Cluster
 * @param tls present if connections are encrypted
 * @param connectTimeout longest time for {@link #open} to return, and for one attempt to connect; once connected, attempts
 *     to connect again take at most two seconds each
 * @param callTimeout longest time for one call of the store, whatever the server does
 * @param remembered most completed and discarded jobs that are remembered, about 170 bytes each at the server; beyond it
 *     the oldest are forgotten before their time
 */
public record RedisStoreConfig(
        Topology topology,
        List<Host> hosts,
        Optional<String> master,
        Credentials credentials,
        Optional<Secret> sentinelPassword,
        int database,
        Optional<Tls> tls,
        Duration connectTimeout,
        Duration callTimeout,
        int remembered) {
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(2);
    public static final int DEFAULT_REMEMBERED = 1_000_000;

    /** What is found at the hosts. */
    public enum Topology {
        SERVER,
        SENTINEL,
        CLUSTER
    }

    /** A text that {@code toString} does not show. */
    public record Secret(String text) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /**
     * @param username absent means the server's default user
     */
    public record Credentials(Optional<String> username, Optional<Secret> password) {
        public static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());
    }

    /**
     * Encryption.
     *
     * @param authority PEM file with the certificate authorities to trust; absent means those of the JDK
     * @param certificate PEM file with this client's certificate, if the server asks for one
     * @param key PEM file with the certificate's private key
     * @param verification what of the server's certificate is checked
     */
    public record Tls(
            Optional<Path> authority, Optional<Path> certificate, Optional<Path> key, Verification verification) {
        /** The server must show a certificate for its name that the JDK trusts. */
        public static final Tls DEFAULT =
                new Tls(Optional.empty(), Optional.empty(), Optional.empty(), Verification.FULL);

        public Tls {
            if (certificate.isPresent() != key.isPresent()) {
                throw new ClusterConfigurationException("tlsCertificate and tlsKey belong together; one is missing");
            }
        }

        /** What of a certificate is checked. */
        public enum Verification {
            /** Authority and host name. */
            FULL,
            /** Authority only. */
            AUTHORITY,
            /** Nothing: encrypted, but anybody may pose as the server. */
            NONE
        }
    }

    public RedisStoreConfig {
        hosts = List.copyOf(hosts);
        require(!hosts.isEmpty(), "Redis needs a host, for example redis://localhost:6379");
        require(
                topology != Topology.SERVER || hosts.size() == 1,
                "redis:// names one server; write redis-sentinel:// or redis-cluster:// for several hosts");
        require(
                (topology == Topology.SENTINEL) == master.isPresent(),
                "Sentinel needs the name of the master it watches, and only Sentinel: "
                        + "redis-sentinel://host:26379/0?master=NAME");
        require(database >= 0, "A Redis database is a number from 0, not " + database);
        require(topology != Topology.CLUSTER || database == 0, "A Redis Cluster has database 0 only, not " + database);
        require(
                !connectTimeout.isNegative() && !connectTimeout.isZero(),
                "connectTimeout must be positive, not " + connectTimeout);
        require(!callTimeout.isNegative() && !callTimeout.isZero(), "callTimeout must be positive, not " + callTimeout);
        require(remembered >= 1, "remembered must be at least 1, not " + remembered);
    }

    /** One server without credentials. {@code address} is {@code host} or {@code host:port}. */
    public static RedisStoreConfig at(String address) {
        return with(Topology.SERVER, List.of(address), Optional.empty());
    }

    /** The server that these Sentinels ({@code host:port}) watch under the name {@code master}. */
    public static RedisStoreConfig sentinel(String master, List<String> sentinels) {
        return with(Topology.SENTINEL, sentinels, Optional.of(master));
    }

    /** A Redis Cluster, some nodes of which are at these addresses. */
    public static RedisStoreConfig cluster(List<String> addresses) {
        return with(Topology.CLUSTER, addresses, Optional.empty());
    }

    private static RedisStoreConfig with(Topology topology, List<String> addresses, Optional<String> master) {
        List<Host> hosts =
                ConnectionUri.parse("redis://" + String.join(",", addresses)).hosts();
        return new RedisStoreConfig(
                topology,
                hosts,
                master,
                Credentials.NONE,
                Optional.empty(),
                0,
                Optional.empty(),
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_CALL_TIMEOUT,
                DEFAULT_REMEMBERED);
    }

    /** Logs in as the default user. */
    public RedisStoreConfig withPassword(String password) {
        return withCredentials(new Credentials(Optional.empty(), Optional.of(new Secret(password))));
    }

    public RedisStoreConfig withCredentials(Credentials changed) {
        return new RedisStoreConfig(
                topology,
                hosts,
                master,
                changed,
                sentinelPassword,
                database,
                tls,
                connectTimeout,
                callTimeout,
                remembered);
    }

    public RedisStoreConfig withDatabase(int changed) {
        return new RedisStoreConfig(
                topology,
                hosts,
                master,
                credentials,
                sentinelPassword,
                changed,
                tls,
                connectTimeout,
                callTimeout,
                remembered);
    }

    public RedisStoreConfig withTls(Tls changed) {
        return new RedisStoreConfig(
                topology,
                hosts,
                master,
                credentials,
                sentinelPassword,
                database,
                Optional.of(changed),
                connectTimeout,
                callTimeout,
                remembered);
    }

    /** Both timeouts. */
    public RedisStoreConfig withTimeouts(Duration connect, Duration call) {
        return new RedisStoreConfig(
                topology, hosts, master, credentials, sentinelPassword, database, tls, connect, call, remembered);
    }

    public RedisStoreConfig withRemembered(int changed) {
        return new RedisStoreConfig(
                topology,
                hosts,
                master,
                credentials,
                sentinelPassword,
                database,
                tls,
                connectTimeout,
                callTimeout,
                changed);
    }

    /**
     * Opens the store of that namespace.
     *
     * @throws ClusterConfigurationException a setting is wrong, or the server may evict keys
     * @throws io.muster.queue.store.StoreUnavailableException the server does not answer
     */
    public RedisStore open(String namespace, Timeline timeline) {
        return RedisStore.open(this, namespace, timeline);
    }

    /** The hosts as people write them. */
    String address() {
        return String.join(",", hosts.stream().map(Host::toString).toList());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ClusterConfigurationException(otherwise);
        }
    }
}
