package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.redis.RedisAddress.Tls;
import io.muster.redis.RedisAddress.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("C6")
class RedisClusterProviderTest {
    @Test
    void isFoundByScheme() {
        assertThat(ServiceLoader.load(ClusterProvider.class).stream().map(ServiceLoader.Provider::get))
                .anySatisfy(provider -> assertThat(provider.schemes())
                        .containsExactlyInAnyOrder("redis", "rediss", "redis-sentinel", "redis-cluster"));
    }

    @Test
    void aServersAddressHasHostPortDatabaseAndPassword() {
        RedisConfig config = config("redis://:se%40me@cache:6380/2?connectTimeout=800ms");

        assertThat(config)
                .isEqualTo(RedisConfig.at("cache:6380")
                        .withPassword("se@me")
                        .withDatabase(2)
                        .withConnectTimeout(Duration.ofMillis(800)));
    }

    @Test
    void sentinelsNameTheMasterTheyWatch() {
        RedisConfig config = config("redis-sentinel://app:secret@s1,s2:26380/1?master=main&sentinelPassword=guard");

        assertThat(config.server().topology()).isEqualTo(Topology.SENTINEL);
        assertThat(config.server().hostsText()).isEqualTo("s1,s2:26380");
        assertThat(config.server().master()).contains("main");
        assertThat(config.server().credentials().username()).contains("app");
        assertThat(config.server().sentinelPassword().orElseThrow().text()).isEqualTo("guard");
        assertThat(config.server().database()).isEqualTo(1);
    }

    @Test
    void tlsIsPartOfTheSchemeOrASetting() {
        assertThat(config("rediss://cache").server().tls()).contains(Tls.DEFAULT);
        assertThat(config("redis-cluster://a,b?tls=true&tlsCa=ca.pem&tlsVerify=ca")
                        .server()
                        .tls())
                .contains(new Tls(
                        Optional.of(Path.of("ca.pem")),
                        Optional.empty(),
                        Optional.empty(),
                        Tls.Verification.AUTHORITY));
        assertThat(config("redis://cache").server().tls()).isEmpty();
    }

    @Test
    void noSecretIsShown() {
        assertThat(config("redis-sentinel://app:hidden1@s1?master=main&sentinelPassword=hidden2")
                        .toString())
                .doesNotContain("hidden1", "hidden2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://cache?conectTimeout=1s | connectTimeout",
                "redis://cache?master=main | Unknown setting",
                "redis://cache/shop | number of a database",
                "redis://a,b | redis-sentinel://",
                "redis:// | host",
                "redis-sentinel://a,b | master=NAME",
                "redis-cluster://a,b/1 | database 0",
                "redis://cache?tlsCa=ca.pem | switched on",
                "rediss://cache?tlsVerify=perhaps | full",
                "rediss://cache?tlsKey=k.pem | tlsCertificate",
                "redis://cache?connectTimeout=0s | positive"
            })
    void whatIsWrongIsNamed(String uri, String named) {
        assertThatThrownBy(() -> config(uri))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining(named);
    }

    private static RedisConfig config(String uri) {
        return (RedisConfig) new RedisClusterProvider().config(ConnectionUri.parse(uri));
    }
}
