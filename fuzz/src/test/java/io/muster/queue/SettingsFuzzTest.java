package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.fuzz.Seeds;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.health.MonitoredQueue;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings as text: a value, or an error that a user can read. */
class SettingsFuzzTest {
    static Stream<byte[]> settings() {
        return Seeds.texts(
                "muster.session-ttl=5s\nmuster.worker-count=4\nmuster.queues=high=5,default",
                "muster.groups.mail=a,b\nmuster.on-session-lost=finish\nmuster.enable-leader-election=false",
                "muster.monitor-queues=redis:default\nmuster.alert-failed=5\nmuster.health-failed-warning=1",
                "muster.reclaim-after=90s\nmuster.heartbeat-interval=10s\nmuster.retain-failed=P30D",
                "muster.connection=main\nmuster.connections.main.driver=redis\nmuster.connections.main.after-commit=true",
                "muster.cluster=local:x\nmuster.store=memory:\nmuster.node-id=a\nmuster.namespace=n",
                "muster.sesion-ttl=5s");
    }

    @MethodSource("settings")
    @FuzzTest
    void queueSettings(byte[] input) {
        try {
            assertThat(QueueSettings.of(properties(Seeds.text(input)))).isNotNull();
        } catch (ClusterConfigurationException | IllegalArgumentException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("settings")
    @FuzzTest
    void connections(byte[] input) {
        try {
            assertThat(Connections.of(properties(Seeds.text(input)), properties(Seeds.text(input))))
                    .isNotNull();
        } catch (ClusterConfigurationException | IllegalArgumentException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    static Stream<byte[]> lists() {
        return Seeds.texts("high,default", "high=5,default=1", "=", "a=0", "redis:default,b", ":", "a=99999999999");
    }

    @MethodSource("lists")
    @FuzzTest
    void queueOrder(byte[] input) {
        try {
            assertThat(QueueOrder.parse(Seeds.text(input)).queues()).isNotEmpty();
        } catch (ClusterConfigurationException | IllegalArgumentException documented) {
            assertThat(documented.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("lists")
    @FuzzTest
    void monitoredQueues(byte[] input) {
        try {
            assertThat(MonitoredQueue.parse(Seeds.text(input))).isNotEmpty();
        } catch (IllegalArgumentException documented) {
            assertThat(documented.getMessage()).contains("no list of queues");
        }
    }

    private static Map<String, String> properties(String text) {
        Map<String, String> properties = new HashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            properties.put(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
        });
        return properties;
    }
}
