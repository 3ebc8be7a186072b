package io.muster.queue.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.time.Timeline;
import io.muster.redis.RedisAddress;
import java.time.Duration;
import java.util.List;

/**
 * How to reach the Redis (6.2 or newer) or Valkey that keeps the jobs: as one server, through Sentinel, or as a Cluster.
 *
 * <p>The store's connections are its own, also where the coordinator is the same server. A store lies in one slot of a Cluster.
 *
 * @param server where it is; {@link #open} returns within its {@link RedisAddress#connectTimeout}
 * @param callTimeout longest time for one call of the store, whatever the server does
 * @param remembered most completed and discarded jobs that are remembered, about 170 bytes each at the server; beyond it
 *     the oldest are forgotten before their time
 */
public record RedisStoreConfig(RedisAddress server, Duration callTimeout, int remembered) {
    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(2);
    public static final int DEFAULT_REMEMBERED = 1_000_000;

    public RedisStoreConfig {
        require(!callTimeout.isNegative() && !callTimeout.isZero(), "callTimeout must be positive, not " + callTimeout);
        require(remembered >= 1, "remembered must be at least 1, not " + remembered);
    }

    /** One server without credentials. {@code address} is {@code host} or {@code host:port}. */
    public static RedisStoreConfig at(String address) {
        return with(RedisAddress.at(address));
    }

    /** The server that these Sentinels ({@code host:port}) watch under the name {@code master}. */
    public static RedisStoreConfig sentinel(String master, List<String> sentinels) {
        return with(RedisAddress.sentinel(master, sentinels));
    }

    /** A Redis Cluster, some nodes of which are at these addresses. */
    public static RedisStoreConfig cluster(List<String> addresses) {
        return with(RedisAddress.cluster(addresses));
    }

    private static RedisStoreConfig with(RedisAddress server) {
        return new RedisStoreConfig(server, DEFAULT_CALL_TIMEOUT, DEFAULT_REMEMBERED);
    }

    /** Logs in as the default user. */
    public RedisStoreConfig withPassword(String password) {
        return withServer(server.withPassword(password));
    }

    public RedisStoreConfig withCredentials(RedisAddress.Credentials changed) {
        return withServer(server.withCredentials(changed));
    }

    public RedisStoreConfig withDatabase(int changed) {
        return withServer(server.withDatabase(changed));
    }

    public RedisStoreConfig withTls(RedisAddress.Tls changed) {
        return withServer(server.withTls(changed));
    }

    /** Both timeouts. */
    public RedisStoreConfig withTimeouts(Duration connect, Duration call) {
        return new RedisStoreConfig(server.withConnectTimeout(connect), call, remembered);
    }

    public RedisStoreConfig withRemembered(int changed) {
        return new RedisStoreConfig(server, callTimeout, changed);
    }

    private RedisStoreConfig withServer(RedisAddress changed) {
        return new RedisStoreConfig(changed, callTimeout, remembered);
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

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ClusterConfigurationException(otherwise);
        }
    }
}
