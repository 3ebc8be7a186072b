package io.muster.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.spi.ConnectionUri.Host;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach Redis, 6.2 or newer, or Valkey: as one server, through Sentinel, or as a Cluster. As a URI:
 *
 * <pre>
 * redis://[user:password@]host[:6379][/database]
 * rediss://…                                          the same over TLS
 * redis-sentinel://[user:password@]h1[:26379],h2[/database]?master=NAME
 * redis-cluster://[user:password@]h1[:6379],h2
 * </pre>
 *
 * A password alone is written {@code redis://:password@host}. Settings: {@code connectTimeout}; {@code tls} ({@code true}),
 * {@code tlsCa}, {@code tlsCertificate}, {@code tlsKey} (PEM files), {@code tlsVerify} ({@code full}, {@code ca},
 * {@code none}); with Sentinel {@code master} and {@code sentinelPassword}.
 *
 * @param topology what the hosts are
 * @param hosts the server; the Sentinels; some nodes of the Cluster
 * @param master name under which the Sentinels watch the server; only with them
 * @param credentials of the server
 * @param sentinelPassword password of the Sentinels themselves
 * @param database number of the database; 0 on a Cluster
 * @param tls present if connections are encrypted
 * @param connectTimeout longest time for the first connection and for one attempt to connect; once connected, attempts
 *     to connect again take at most two seconds each
 */
public record RedisAddress(
        Topology topology,
        List<Host> hosts,
        Optional<String> master,
        Credentials credentials,
        Optional<Secret> sentinelPassword,
        int database,
        Optional<Tls> tls,
        Duration connectTimeout) {
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

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

    public RedisAddress {
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
    }

    /** One server without credentials. {@code address} is {@code host} or {@code host:port}. */
    public static RedisAddress at(String address) {
        return with(Topology.SERVER, List.of(address), Optional.empty());
    }

    /** The server that these Sentinels ({@code host:port}) watch under the name {@code master}. */
    public static RedisAddress sentinel(String master, List<String> sentinels) {
        return with(Topology.SENTINEL, sentinels, Optional.of(master));
    }

    /** A Redis Cluster, some nodes of which are at these addresses. */
    public static RedisAddress cluster(List<String> addresses) {
        return with(Topology.CLUSTER, addresses, Optional.empty());
    }

    private static RedisAddress with(Topology topology, List<String> addresses, Optional<String> master) {
        List<Host> hosts =
                ConnectionUri.parse("redis://" + String.join(",", addresses)).hosts();
        return new RedisAddress(
                topology,
                hosts,
                master,
                Credentials.NONE,
                Optional.empty(),
                0,
                Optional.empty(),
                DEFAULT_CONNECT_TIMEOUT);
    }

    /** Logs in as the default user. */
    public RedisAddress withPassword(String password) {
        return withCredentials(new Credentials(Optional.empty(), Optional.of(new Secret(password))));
    }

    public RedisAddress withCredentials(Credentials changed) {
        return new RedisAddress(topology, hosts, master, changed, sentinelPassword, database, tls, connectTimeout);
    }

    public RedisAddress withDatabase(int changed) {
        return new RedisAddress(topology, hosts, master, credentials, sentinelPassword, changed, tls, connectTimeout);
    }

    public RedisAddress withTls(Tls changed) {
        return new RedisAddress(
                topology, hosts, master, credentials, sentinelPassword, database, Optional.of(changed), connectTimeout);
    }

    public RedisAddress withConnectTimeout(Duration changed) {
        return new RedisAddress(topology, hosts, master, credentials, sentinelPassword, database, tls, changed);
    }

    /** The hosts as people write them. */
    public String hostsText() {
        return String.join(",", hosts.stream().map(Host::toString).toList());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ClusterConfigurationException(otherwise);
        }
    }
}
