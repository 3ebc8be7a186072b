package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.testkit.BoundEntryContract;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is not let in, and for whom the contract holds. */
@Tag("C6")
class SecuredZooKeeperTest extends SecuredZooKeeper implements BoundEntryContract {
    private static final Duration BRIEF = Duration.ofSeconds(3);

    @Test
    void aServerThatAnotherAuthorityVouchesForIsRefused() {
        assertThatThrownBy(() -> open(config("127.0.0.1", port, stranger).withConnectTimeout(BRIEF)))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("trust store");
    }

    @Test
    void aServerWhoseCertificateIsForAnotherNameIsRefused() {
        assertThatThrownBy(() -> open(config("127.0.0.2", port, certificates).withConnectTimeout(BRIEF)))
                .isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void whatOneUserMadeIsClosedToAnother() {
        ZooKeeperConfig config = config("127.0.0.1", port, certificates);
        try (Backend backend = open(config.withDigest("muster", PASSWORD))) {
            backend.identity(Deadline.after(
                    Duration.ofSeconds(5), SystemTimeline.instance().ticker()));
        }

        assertThatThrownBy(() -> open(config.withDigest("muster", "wrong-password")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageNotContaining("wrong-password");
        assertThatThrownBy(() -> open(config)).isInstanceOf(ClusterConfigurationException.class);
    }
}
