package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ClusterProvider;
import io.muster.cluster.spi.ConnectionUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdClusterProviderTest {
    @Test
    void theProviderIsFoundAsAService() {
        assertThat(ServiceLoader.load(ClusterProvider.class))
                .anyMatch(provider -> provider instanceof EtcdClusterProvider
                        && provider.schemes().contains("etcd")
                        && provider.schemes().contains("etcds"));
    }

    @Test
    void hostsCredentialsAndTimeoutAreReadFromTheAddress() {
        EtcdConfig config = config("etcd://worker:s%40fe@e1,e2:4000,[::1]:4001?connectTimeout=700ms");

        assertThat(config.endpoints()).isEqualTo(List.of("e1:2379", "e2:4000", "[::1]:4001"));
        assertThat(config.credentials()).contains(new EtcdConfig.Credentials("worker", "s@fe"));
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofMillis(700));
        assertThat(config.tls()).isEmpty();
        assertThat(config.toString()).contains("worker").doesNotContain("s@fe");
    }

    @Test
    void tlsFilesAreReadFromTheAddress(@TempDir Path directory) throws Exception {
        Path ca = Files.createFile(directory.resolve("ca.pem"));

        assertThat(config("etcds://e1").tls()).contains(EtcdConfig.Tls.systemTrust());
        assertThat(config("etcds://e1?ca=" + ca).tls()).contains(EtcdConfig.Tls.trusting(ca));
    }

    @Test
    void mistakesInTheAddressAreNamed(@TempDir Path directory) {
        assertMistake("etcd://e1?connectTimeuot=5s", "did you mean \"connectTimeout\"");
        assertMistake("etcd://e1?connectTimeout=soon", "connectTimeout=soon");
        assertMistake("etcd://e1/app", "namespace");
        assertMistake("etcd://worker@e1", "password");
        assertMistake("etcd:", "endpoint");
        assertMistake("etcd://e1?ca=/ca.pem", "etcds://");
        assertMistake("etcds://e1?ca=" + directory.resolve("absent.pem"), "absent.pem");
        assertMistake("etcds://e1?cert=" + directory, "cert and key");
    }

    private static void assertMistake(String address, String named) {
        assertThatThrownBy(() -> config(address))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining(named);
    }

    private static EtcdConfig config(String address) {
        return (EtcdConfig) new EtcdClusterProvider().config(ConnectionUri.parse(address));
    }
}
