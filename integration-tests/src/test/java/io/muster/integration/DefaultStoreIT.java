package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which store is meant when none is named. */
@Tag("Q2")
class DefaultStoreIT {
    record Letter(String to) {}

    private QueueSettings settings = QueueSettings.DEFAULT;

    @BeforeEach
    void findServer() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.REDIS);
        assumeTrue(server.isPresent(), "no Redis on this machine");
        settings = QueueSettings.DEFAULT.toBuilder()
                .cluster(server.get().uri().toString())
                .namespace("it-" + UUID.randomUUID())
                .build();
    }

    @Test
    void onRedisItIsTheRedisStoreAndClusterNamesTheCoordinatorItself() {
        try (Queue byDefault = connect(settings);
                Queue named = connect(settings.withStore("cluster:"))) {
            assertThat(byDefault.store().capabilities().store()).isEqualTo("redis");
            assertThat(named.store().capabilities().store()).isEqualTo("cluster");
        }
    }

    @Test
    void jobsInTheCoordinatorItselfAreNotLeftBehindUnseen() {
        try (Queue named = connect(settings.withStore("cluster:"))) {
            named.push(new Letter("ada"));
        }

        assertThatThrownBy(() -> connect(settings))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("holds 1 jobs")
                .hasMessageContaining("muster.store=cluster:");

        try (Queue named = connect(settings.withStore("cluster:"))) {
            assertThat(named.stats().queues()).singleElement().satisfies(queue -> assertThat(queue.ready())
                    .isEqualTo(1));
        }
    }

    private static Queue connect(QueueSettings settings) {
        return Queue.of(settings).type("letter", Letter.class).connect();
    }
}
