package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.testkit.BoundEntryContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is not let in, and for whom the contract holds. */
@Tag("C6")
class SecuredRedisTest extends SecuredRedis implements BoundEntryContract {
    @Test
    void aServerThatAnotherAuthorityVouchesForIsRefused() {
        assertThatThrownBy(() -> open(config("muster:" + PASSWORD, "127.0.0.1", port, stranger)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("tlsCa")
                .hasMessageNotContaining(PASSWORD);
    }

    @Test
    void aServerWhoseCertificateIsForAnotherNameIsRefused() {
        assertThatThrownBy(() -> open(config("muster:" + PASSWORD, "localhost", port, certificates)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("tls");
    }

    @Test
    void aWrongPasswordIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> open(config("muster:wrong-password", "127.0.0.1", port, certificates)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("user muster")
                .hasMessageNotContaining("wrong-password");
    }
}
