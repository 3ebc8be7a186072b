package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.testkit.BoundEntryContract;
import io.muster.cluster.time.SystemTimeline;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is not let in, and for whom the contract holds. */
@Tag("C6")
class SecuredEtcdTest extends SecuredEtcd implements BoundEntryContract {
    @Test
    void aServerThatAnotherAuthorityVouchesForIsRefused() {
        assertThatThrownBy(() -> open(config("127.0.0.1", port, stranger).withCredentials("muster", PASSWORD)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("TLS")
                .hasMessageNotContaining(PASSWORD);
    }

    @Test
    void aServerWhoseCertificateIsForAnotherNameIsRefused() {
        assertThatThrownBy(() -> open(config("localhost", port, certificates).withCredentials("muster", PASSWORD)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("TLS");
    }

    @Test
    void missingAndWrongCredentialsAreRefusedAndNotRepeated() {
        EtcdConfig config = config("127.0.0.1", port, certificates);

        assertThatThrownBy(() -> open(config)).isInstanceOf(ClusterConfigurationException.class);
        assertThatThrownBy(() -> open(config.withCredentials("muster", "wrong-password")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageNotContaining("wrong-password");
    }

    @Test
    void aNamespaceThatTheRoleDoesNotCoverIsRefused() {
        EtcdConfig config = config("127.0.0.1", port, certificates).withCredentials("muster", PASSWORD);

        assertThatThrownBy(() -> config.open("foreign", SystemTimeline.instance()))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("permission");
    }
}
