package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Store;
import io.muster.cluster.zookeeper.ZooKeeperConfig.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperClusterProviderTest {
    @Test
    void isFoundByItsSchemes() {
        assertThat(ServiceLoader.load(ClusterProvider.class))
                .singleElement()
                .satisfies(found -> assertThat(found.schemes()).containsExactlyInAnyOrder("zookeeper", "zookeepers"));
    }

    @Test
    void readsServersCredentialsPathAndTimeout() {
        assertThat(config("zookeeper://shop:s3cret@zk1,zk2:2182/apps/muster?connectTimeout=2s"))
                .isEqualTo(ZooKeeperConfig.of("zk1:2181", "zk2:2182")
                        .withDigest("shop", "s3cret")
                        .withChroot("/apps/muster")
                        .withConnectTimeout(Duration.ofSeconds(2)));
    }

    @Test
    void readsTlsStores(@TempDir Path folder) throws IOException {
        Path store = Files.createFile(folder.resolve("trust.p12"));

        assertThat(config("zookeepers://zk1?trustStore=" + store + "&trustStorePassword=s3cret"))
                .isEqualTo(ZooKeeperConfig.of("zk1:2281")
                        .withTls(new Tls(Optional.of(new Store(store, "s3cret")), Optional.empty())));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> config("zookeeper://zk1?conectTimeout=2s"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("did you mean \"connectTimeout\"");
        assertThatThrownBy(() -> config("zookeeper://zk1?trustStore=/x"))
                .isInstanceOf(ClusterConfigurationException.class);
        assertThatThrownBy(() -> config("zookeepers://zk1?trustStore=/does/not/exist"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("/does/not/exist");
        assertThatThrownBy(() -> config("zookeeper://shop@zk1"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("user and password");
        assertThatThrownBy(() -> config("zookeeper:")).isInstanceOf(ClusterConfigurationException.class);
        assertThatThrownBy(() -> config("zookeeper://zk1/zookeeper")).isInstanceOf(ClusterConfigurationException.class);
    }

    @Test
    void showsNoSecrets(@TempDir Path folder) throws IOException {
        Path store = Files.createFile(folder.resolve("trust.p12"));

        assertThat(config("zookeepers://shop:s3cret@zk1?trustStore=" + store + "&trustStorePassword=pa55")
                        .toString())
                .contains("shop")
                .doesNotContain("s3cret")
                .doesNotContain("pa55");
    }

    private static ZooKeeperConfig config(String uri) {
        return new ZooKeeperClusterProvider().config(ConnectionUri.parse(uri));
    }
}
