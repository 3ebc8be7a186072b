package io.muster.cluster.redis;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.time.Timeline;
import io.muster.redis.RedisAddress;
import java.time.Duration;
import java.util.List;

/**
 * How to reach Redis, 6.2 or newer, as one server, through Sentinel, or as a Cluster.
 *
 * <p>Redis replicates asynchronously: a failover can lose the last writes, so fences are best effort. A namespace lies in
 * one slot of a Cluster. {@link #open} returns within {@link RedisAddress#connectTimeout}.
 */
public record RedisConfig(RedisAddress server) implements BackendConfig {
    /** One server without credentials. {@code address} is {@code host} or {@code host:port}. */
    public static RedisConfig at(String address) {
        return new RedisConfig(RedisAddress.at(address));
    }

    /** The server that these Sentinels ({@code host:port}) watch under the name {@code master}. */
    public static RedisConfig sentinel(String master, List<String> sentinels) {
        return new RedisConfig(RedisAddress.sentinel(master, sentinels));
    }

    /** A Redis Cluster, some nodes of which are at these addresses. */
    public static RedisConfig cluster(List<String> addresses) {
        return new RedisConfig(RedisAddress.cluster(addresses));
    }

    /** Logs in as the default user. */
    public RedisConfig withPassword(String password) {
        return new RedisConfig(server.withPassword(password));
    }

    public RedisConfig withCredentials(RedisAddress.Credentials changed) {
        return new RedisConfig(server.withCredentials(changed));
    }

    public RedisConfig withDatabase(int changed) {
        return new RedisConfig(server.withDatabase(changed));
    }

    public RedisConfig withTls(RedisAddress.Tls changed) {
        return new RedisConfig(server.withTls(changed));
    }

    public RedisConfig withConnectTimeout(Duration changed) {
        return new RedisConfig(server.withConnectTimeout(changed));
    }

    @Override
    public Backend open(String namespace, Timeline timeline) {
        return RedisBackend.open(this, namespace, timeline);
    }
}
