package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsulClusterProviderTest {

    @Test
    void isFoundByItsSchemes() {
        assertThat(ServiceLoader.load(ClusterProvider.class))
                .anySatisfy(provider -> assertThat(provider.schemes()).containsExactlyInAnyOrder("consul", "consuls"));
    }

    @Test
    void readsEverythingFromTheAddress() {
        BackendConfig config = config("consuls://:s3cret@agent:9501?datacenter=east&connectTimeout=700ms"
                + "&trustStore=ca.p12&trustStorePassword=changeit");

        assertThat(config)
                .isEqualTo(new ConsulConfig(
                        "agent",
                        9501,
                        Optional.of(new ConsulConfig.Tls(Optional.of(Path.of("ca.p12")), Optional.of("changeit"))),
                        Optional.of("s3cret"),
                        Duration.ofMillis(700),
                        Optional.of("east")));
        assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("changeit");
    }

    @Test
    void hasDefaultsForPlainAndForTls() {
        assertThat(config("consul://localhost")).isEqualTo(ConsulConfig.at("localhost", 8500));
        assertThat(config("consuls://localhost"))
                .isEqualTo(ConsulConfig.at("localhost", 8501).withTls(ConsulConfig.Tls.ofJdk()));
        assertThat(config("consul://localhost?token=t"))
                .isEqualTo(ConsulConfig.at("localhost", 8500).withToken("t"));
    }

    @ParameterizedTest
    @CsvSource({
        "consul://a?datacentre=x, datacenter",
        "'consul://a:1,b:2', exactly one agent",
        "consul://a/path, no path",
        "consul://root:pw@a, no user names",
        "consul://:a@h?token=b, given twice",
        "consul://a?trustStore=x, trustStore",
        "consuls://a?trustStorePassword=x, needs setting trustStore",
        "consul://a?connectTimeout=0ms, connectTimeout",
    })
    void refusesWhatItDoesNotUnderstandAndSaysWhy(String address, String reason) {
        assertThatThrownBy(() -> config(address))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining(reason);
    }

    private static BackendConfig config(String address) {
        return new ConsulClusterProvider().config(ConnectionUri.parse(address));
    }
}
