package io.muster.queue.redis;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreProvider;
import io.muster.redis.RedisUri;
import java.util.Set;

/**
 * Finds the store in Redis or Valkey by URI; its form and settings are those of {@link io.muster.redis.RedisAddress}, and beside them {@code
 * callTimeout} and {@code remembered} (most completed jobs whose ids are remembered).
 */
public final class RedisStoreProvider implements StoreProvider {
    private static final String CALL_TIMEOUT = "callTimeout";
    private static final String REMEMBERED = "remembered";

    @Override
    public Set<String> schemes() {
        return RedisUri.schemes();
    }

    @Override
    public JobStore open(ConnectionUri uri, Surroundings surroundings) {
        return config(uri).open(surroundings.namespace(), surroundings.timeline());
    }

    /** What the URI says. */
    static RedisStoreConfig config(ConnectionUri uri) {
        return new RedisStoreConfig(
                RedisUri.address(uri, Set.of(CALL_TIMEOUT, REMEMBERED)),
                uri.duration(CALL_TIMEOUT).orElse(RedisStoreConfig.DEFAULT_CALL_TIMEOUT),
                uri.setting(REMEMBERED).map(RedisStoreProvider::number).orElse(RedisStoreConfig.DEFAULT_REMEMBERED));
    }

    private static int number(String text) {
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new ClusterConfigurationException(
                    "Setting " + REMEMBERED + "=" + text + " is not a whole number above 0");
        }
        return Integer.parseInt(text);
    }
}
