package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.redis.RedisAddress.Topology;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Addresses of the store as text. */
@Tag("Q2")
class RedisStoreProviderTest {
    @Test
    void everyTopologyHasItsScheme() {
        assertThat(RedisEnvironment.config("redis://h:1/3").server().topology()).isEqualTo(Topology.SERVER);
        assertThat(RedisEnvironment.config("redis://h:1/3").server().database()).isEqualTo(3);
        assertThat(RedisEnvironment.config("rediss://h").server().tls()).isPresent();
        RedisStoreConfig sentinel = RedisEnvironment.config("redis-sentinel://a,b/0?master=main");
        assertThat(sentinel.server().topology()).isEqualTo(Topology.SENTINEL);
        assertThat(sentinel.server().master()).contains("main");
        assertThat(RedisEnvironment.config("redis-cluster://a,b").server().hosts())
                .hasSize(2);
        assertThat(new RedisStoreProvider().schemes())
                .containsExactlyInAnyOrder("redis", "rediss", "redis-sentinel", "redis-cluster");
    }

    @Test
    void timeoutsAndTheNumberOfRememberedJobsAreSettings() {
        RedisStoreConfig config =
                RedisEnvironment.config("redis://h?callTimeout=300ms&connectTimeout=1s&remembered=5000");

        assertThat(config.callTimeout()).isEqualTo(Duration.ofMillis(300));
        assertThat(config.server().connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.remembered()).isEqualTo(5000);
    }

    @Test
    void credentialsAreReadAndNeverShown() {
        RedisStoreConfig config = RedisEnvironment.config("redis://app:sesame@h");

        assertThat(config.server().credentials().username()).contains("app");
        assertThat(config.server().credentials().password().orElseThrow().text())
                .isEqualTo("sesame");
        assertThat(config.toString()).doesNotContain("sesame");
    }

    @Test
    void whatIsWrongIsSaid() {
        for (String wrong : new String[] {
            "redis://h?remembered=none",
            "redis://h?remembered=0",
            "redis://h?callTimeout=0s",
            "redis://h?calltimeout=1s",
            "redis://h/shop",
            "redis://a,b",
            "redis-sentinel://a",
            "redis-cluster://a/1",
            "redis://h?tlsCa=x"
        }) {
            assertThatThrownBy(() -> RedisEnvironment.config(wrong))
                    .as(wrong)
                    .isInstanceOf(ClusterConfigurationException.class);
        }
    }
}
