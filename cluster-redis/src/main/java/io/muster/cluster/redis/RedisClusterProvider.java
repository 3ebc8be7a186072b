package io.muster.cluster.redis;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.redis.RedisUri;
import java.util.Set;

/** Finds Redis by URI; its form and settings are those of {@link io.muster.redis.RedisAddress}. */
public final class RedisClusterProvider implements ClusterProvider {
    @Override
    public Set<String> schemes() {
        return RedisUri.schemes();
    }

    @Override
    public BackendConfig config(ConnectionUri uri) {
        return new RedisConfig(RedisUri.address(uri, Set.of()));
    }
}
