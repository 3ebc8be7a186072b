package io.muster.queue.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.redis.RedisStoreConfig.Credentials;
import io.muster.queue.redis.RedisStoreConfig.Secret;
import io.muster.queue.redis.RedisStoreConfig.Tls;
import io.muster.queue.redis.RedisStoreConfig.Tls.Verification;
import io.muster.queue.redis.RedisStoreConfig.Topology;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreProvider;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the store in Redis or Valkey by URI:
 *
 * <pre>
 * redis://[user:password@]host[:6379][/database]
 * rediss://…                                          the same over TLS
 * redis-sentinel://[user:password@]h1[:26379],h2[/database]?master=NAME
 * redis-cluster://[user:password@]h1[:6379],h2
 * </pre>
 *
 * A password alone is written {@code redis://:password@host}. Settings: {@code connectTimeout}, {@code callTimeout}, {@code remembered} (most completed jobs
 * whose ids are remembered); {@code tls} ({@code true}),
 * {@code tlsCa}, {@code tlsCertificate}, {@code tlsKey} (PEM files), {@code tlsVerify} ({@code full}, {@code ca},
 * {@code none}); with Sentinel {@code master} and {@code sentinelPassword}.
 */
public final class RedisStoreProvider implements StoreProvider {
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
    public JobStore open(ConnectionUri uri, Surroundings surroundings) {
        return config(uri).open(surroundings.namespace(), surroundings.timeline());
    }

    /** What the URI says. */
    static RedisStoreConfig config(ConnectionUri uri) {
        Topology topology = TOPOLOGIES.get(uri.scheme());
        if (topology == null) {
            throw new IllegalArgumentException("Not a scheme of Redis: " + uri.scheme());
        }
        uri.allowOnly(settings(topology));
        return new RedisStoreConfig(
                topology,
                uri.hosts(),
                uri.setting("master"),
                new Credentials(uri.user(), uri.password().map(Secret::new)),
                uri.setting("sentinelPassword").map(Secret::new),
                database(uri.path()),
                tls(uri),
                uri.duration("connectTimeout").orElse(RedisStoreConfig.DEFAULT_CONNECT_TIMEOUT),
                uri.duration("callTimeout").orElse(RedisStoreConfig.DEFAULT_CALL_TIMEOUT),
                uri.setting("remembered").map(RedisStoreProvider::number).orElse(RedisStoreConfig.DEFAULT_REMEMBERED));
    }

    private static Set<String> settings(Topology topology) {
        Set<String> known = new TreeSet<>(TLS_DETAILS);
        known.add("connectTimeout");
        known.add("callTimeout");
        known.add("remembered");
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

    private static int number(String text) {
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new ClusterConfigurationException("Setting remembered=" + text + " is not a whole number above 0");
        }
        return Integer.parseInt(text);
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
