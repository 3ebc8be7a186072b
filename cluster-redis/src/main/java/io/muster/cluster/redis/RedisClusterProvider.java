package io.muster.cluster.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.redis.RedisConfig.Credentials;
import io.muster.cluster.redis.RedisConfig.Secret;
import io.muster.cluster.redis.RedisConfig.Tls;
import io.muster.cluster.redis.RedisConfig.Tls.Verification;
import io.muster.cluster.redis.RedisConfig.Topology;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds Redis by URI:
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
 */
public final class RedisClusterProvider implements ClusterProvider {
    private static final Map<String, Topology> TOPOLOGIES = Map.of(
            "redis", Topology.SERVER,
            "rediss", Topology.SERVER,
            "redis-sentinel", Topology.SENTINEL,
            "redis-cluster", Topology.CLUSTER);
    private static final Map<String, Verification> VERIFICATIONS =
            Map.of("full", Verification.FULL, "ca", Verification.AUTHORITY, "none", Verification.NONE);
    private static final Set<String> TLS_DETAILS = Set.of("tlsCa", "tlsCertificate", "tlsKey", "tlsVerify");

    @Override
    public Set<String> schemes() {
        return TOPOLOGIES.keySet();
    }

    @Override
    public BackendConfig config(ConnectionUri uri) {
        Topology topology = TOPOLOGIES.get(uri.scheme());
        if (topology == null) {
            throw new IllegalArgumentException("Not a scheme of Redis: " + uri.scheme());
        }
        uri.allowOnly(settings(topology));
        return new RedisConfig(
                topology,
                uri.hosts(),
                uri.setting("master"),
                new Credentials(uri.user(), uri.password().map(Secret::new)),
                uri.setting("sentinelPassword").map(Secret::new),
                database(uri.path()),
                tls(uri),
                uri.duration("connectTimeout").orElse(RedisConfig.DEFAULT_CONNECT_TIMEOUT));
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
