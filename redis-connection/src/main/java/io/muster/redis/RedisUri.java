package io.muster.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.redis.RedisAddress.Credentials;
import io.muster.redis.RedisAddress.Secret;
import io.muster.redis.RedisAddress.Tls;
import io.muster.redis.RedisAddress.Tls.Verification;
import io.muster.redis.RedisAddress.Topology;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads an address of Redis from a URI, see {@link RedisAddress}. */
public final class RedisUri {
    private static final Map<String, Topology> TOPOLOGIES = Map.of(
            "redis", Topology.SERVER,
            "rediss", Topology.SERVER,
            "redis-sentinel", Topology.SENTINEL,
            "redis-cluster", Topology.CLUSTER);
    private static final Map<String, Verification> VERIFICATIONS =
            Map.of("full", Verification.FULL, "ca", Verification.AUTHORITY, "none", Verification.NONE);
    private static final Set<String> TLS_DETAILS = Set.of("tlsCa", "tlsCertificate", "tlsKey", "tlsVerify");

    private RedisUri() {}

    /** What begins an address. */
    public static Set<String> schemes() {
        return TOPOLOGIES.keySet();
    }

    /**
     * What the URI says.
     *
     * @param others settings that mean something to the caller
     * @throws ClusterConfigurationException a setting is unknown or wrong
     */
    public static RedisAddress address(ConnectionUri uri, Set<String> others) {
        Topology topology = TOPOLOGIES.get(uri.scheme());
        if (topology == null) {
            throw new IllegalArgumentException("Not a scheme of Redis: " + uri.scheme());
        }
        Set<String> known = settings(topology);
        known.addAll(others);
        uri.allowOnly(known);
        return new RedisAddress(
                topology,
                uri.hosts(),
                uri.setting("master"),
                new Credentials(uri.user(), uri.password().map(Secret::new)),
                uri.setting("sentinelPassword").map(Secret::new),
                database(uri.path()),
                tls(uri),
                uri.duration("connectTimeout").orElse(RedisAddress.DEFAULT_CONNECT_TIMEOUT));
    }

    private static Set<String> settings(Topology topology) {
        Set<String> known = new TreeSet<>(TLS_DETAILS);
        known.add("connectTimeout");
        known.add("tls");
        if (topology == Topology.SENTINEL) {
            known.add("master");
            known.add("sentinelPassword");
        }
        return known;
    }

    private static int database(String path) {
        if (path.isEmpty()) {
            return 0;
        }
        if (!path.matches("\\d{1,6}")) {
            throw new ClusterConfigurationException(
                    "The path of a Redis address is the number of a database, for example redis://localhost:6379/0, not \""
                            + path + "\"");
        }
        return Integer.parseInt(path);
    }

    private static Optional<Tls> tls(ConnectionUri uri) {
        boolean wanted = uri.scheme().equals("rediss")
                || choice(uri, "tls", Map.of("true", true, "false", false)).orElse(false);
        if (!wanted) {
            if (uri.settings().keySet().stream().anyMatch(TLS_DETAILS::contains)) {
                throw new ClusterConfigurationException(
                        "TLS is configured but not switched on: write rediss:// or tls=true");
            }
            return Optional.empty();
        }
        return Optional.of(new Tls(
                uri.setting("tlsCa").map(Path::of),
                uri.setting("tlsCertificate").map(Path::of),
                uri.setting("tlsKey").map(Path::of),
                choice(uri, "tlsVerify", VERIFICATIONS).orElse(Verification.FULL)));
    }

    private static <T> Optional<T> choice(ConnectionUri uri, String name, Map<String, T> choices) {
        return uri.setting(name).map(text -> {
            T chosen = choices.get(text.toLowerCase(Locale.ROOT));
            if (chosen == null) {
                throw new ClusterConfigurationException("Setting " + name + "=" + text + " is not one of "
                        + String.join(", ", new TreeSet<>(choices.keySet())));
            }
            return chosen;
        });
    }
}
