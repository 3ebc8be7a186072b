package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.QueueSettings.JobDistribution;
import io.muster.queue.QueueSettings.LeaderElection;
import io.muster.queue.distribution.QueueGroups;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.health.HealthSettings;
import io.muster.queue.health.MonitoredQueue;
import io.muster.queue.store.Retention;
import io.muster.queue.worker.OnSessionLost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("C9")
class QueueSettingsTest {
    @Test
    void withoutTextEverySettingHasItsDefault() {
        assertThat(QueueSettings.of(Map.of())).isEqualTo(QueueSettings.DEFAULT);
    }

    @Test
    @Tag("C7")
    void theDefaultsAreThoseOfTheFeatureTable() {
        QueueSettings defaults = QueueSettings.DEFAULT;

        assertThat(defaults.electionTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.lockTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.heartbeatInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(defaults.leaderElection()).isEqualTo(LeaderElection.ENABLED);
        assertThat(defaults.jobDistribution()).isEqualTo(JobDistribution.ENABLED);
        assertThat(defaults.workerCount()).isEqualTo(3);
        assertThat(defaults.maxConcurrency()).isEqualTo(5);
        assertThat(defaults.sessionTtl()).isLessThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(defaults.unservedAfter()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void everySettingCanBeText() {
        Properties text = new Properties();
        text.setProperty("muster.namespace", "shop");
        text.setProperty("muster.cluster", "etcd://one:2379");
        text.setProperty("muster.store", "cluster:");
        text.setProperty("muster.node-id", "a");
        text.setProperty("muster.session-ttl", "3s");
        text.setProperty("muster.election-timeout", "1m");
        text.setProperty("muster.lock-timeout", "PT20S");
        text.setProperty("muster.heartbeat-interval", "500ms");
        text.setProperty("muster.enable-leader-election", "FALSE");
        text.setProperty("muster.enable-job-distribution", "false");
        text.setProperty("muster.worker-count", " 7 ");
        text.setProperty("muster.max-concurrency", "9");
        text.setProperty("muster.queues", "high, default");
        text.setProperty("muster.shutdown-grace", "2s");
        text.setProperty("muster.on-session-lost", "finish");
        text.setProperty("muster.retain-completed", "1m");
        text.setProperty("muster.retain-failed", "2h");
        text.setProperty("muster.unserved-after", "5m");
        text.setProperty("muster.health-failed-warning", "1");
        text.setProperty("muster.health-failed-critical", "2");
        text.setProperty("muster.alert-failed", "3");
        text.setProperty("muster.alert-pending", "4");
        text.setProperty("muster.alert-processing", "5");
        text.setProperty("muster.alert-interval", "6m");
        text.setProperty("muster.monitor-queues", "mail,letters");
        text.setProperty("muster.monitor-max", "7");
        text.setProperty("muster.monitor-interval", "8m");
        text.setProperty("another.application", "is ignored");

        assertThat(QueueSettings.of(text))
                .isEqualTo(QueueSettings.DEFAULT.toBuilder()
                        .namespace("shop")
                        .cluster("etcd://one:2379")
                        .store("cluster:")
                        .nodeId("a")
                        .sessionTtl(Duration.ofSeconds(3))
                        .electionTimeout(Duration.ofMinutes(1))
                        .lockTimeout(Duration.ofSeconds(20))
                        .heartbeatInterval(Duration.ofMillis(500))
                        .leaderElection(LeaderElection.DISABLED)
                        .jobDistribution(JobDistribution.DISABLED)
                        .workerCount(7)
                        .maxConcurrency(9)
                        .queues(QueueOrder.strict("high", "default"))
                        .shutdownGrace(Duration.ofSeconds(2))
                        .onSessionLost(OnSessionLost.FINISH)
                        .retention(new Retention(Duration.ofMinutes(1), Duration.ofHours(2)))
                        .unservedAfter(Duration.ofMinutes(5))
                        .health(HealthSettings.DEFAULT
                                .withHealth(1, 2)
                                .withAlerts(3, 4, 5, Duration.ofMinutes(6))
                                .withMonitor(MonitoredQueue.parse("mail,letters"), 7, Duration.ofMinutes(8)))
                        .build());
    }

    @Test
    @Tag("Q6")
    void queuesAreServedInStrictOrderOrByWeights() {
        assertThat(queues("high, default")).isEqualTo(QueueOrder.strict("high", "default"));
        assertThat(queues("high=5, default").weights()).isEqualTo(Map.of("high", 5, "default", 1));
        assertThat(queues("high=5,default=1")).hasToString("high=5,default=1");
        for (String wrong : List.of("high=0,default", "high=many", "high,,default", "=3", "high=1001")) {
            assertThatThrownBy(() -> queues(wrong)).as(wrong).isInstanceOf(ClusterConfigurationException.class);
        }
    }

    @Test
    @Tag("C10")
    void queuesAreGatheredInNamedGroups() {
        QueueGroups groups = QueueSettings.of(
                        Map.of("muster.groups.mail", "mail, letters", "muster.groups.reports", "reports"))
                .groups();

        assertThat(groups.names()).containsExactly("default", "mail", "reports");
        assertThat(groups.of("letters")).isEqualTo("mail");
        assertThat(groups.of("unheard of")).isEqualTo("default");
        for (Map<String, String> wrong : List.of(
                Map.of("muster.groups.default", "mail"),
                Map.of("muster.groups.a", "mail", "muster.groups.b", "mail"),
                Map.of("muster.groups.a", ""),
                Map.of("muster.groups.", "mail"),
                Map.of("muster.group.a", "mail"))) {
            assertThatThrownBy(() -> QueueSettings.of(wrong))
                    .as("%s", wrong)
                    .isInstanceOf(ClusterConfigurationException.class);
        }
    }

    private static QueueOrder queues(String text) {
        return QueueSettings.of(Map.of("muster.queues", text)).queues();
    }

    @ParameterizedTest
    @CsvSource({
        "muster.worker-cuont, muster.worker-count",
        "muster.sessionTtl, muster.session-ttl",
        "muster.queue, muster.queues",
        "muster.unserved-aftr, muster.unserved-after"
    })
    void anUnknownSettingSuggestsTheNearest(String unknown, String nearest) {
        assertThatThrownBy(() -> QueueSettings.of(Map.of(unknown, "1")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("\"" + unknown + "\"")
                .hasMessageContaining("did you mean \"" + nearest + "\"?");
    }

    @ParameterizedTest
    @CsvSource({
        "worker-count, many, is not a whole number",
        "worker-count, 0, must be at least 1",
        "max-concurrency, 1.5, is not a whole number",
        "max-concurrency, -1, must be at least 1",
        "session-ttl, soon, is not a duration",
        "session-ttl, 0s, must be positive",
        "election-timeout, PT-1S, must be positive",
        "lock-timeout, 0ms, must be positive",
        "heartbeat-interval, 5, is not a duration",
        "shutdown-grace, 1d, is not a duration",
        "retain-completed, ever, is not a duration",
        "retain-failed, 1 week, is not a duration",
        "unserved-after, 0s, must be positive",
        "alert-interval, 0s, must be positive",
        "monitor-max, many, is not a whole number",
        "health-failed-critical, 50, is below",
        "monitor-queues, 'mail,,letters', no list of queues",
        "enable-leader-election, yes, is neither true nor false",
        "enable-job-distribution, 1, is neither true nor false",
        "on-session-lost, panic, is neither interrupt nor finish"
    })
    void aBadValueNamesTheSettingAndWhatItMayBe(String name, String value, String message) {
        assertThatThrownBy(() -> QueueSettings.of(Map.of("muster." + name, value)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("muster." + name)
                .hasMessageContaining(message);
    }

    @Test
    void moreWorkersRaiseTheNodesLimit() {
        assertThat(QueueSettings.DEFAULT.withWorkerCount(40).maxConcurrency()).isEqualTo(40);
        assertThat(QueueSettings.DEFAULT.withWorkerCount(2).maxConcurrency()).isEqualTo(5);
    }

    @Test
    void noPasswordIsShown() {
        QueueSettings settings = QueueSettings.DEFAULT
                .withCluster("redis://app:s3cret@cache:6379/0")
                .withStore("redis://:hush@other:6379");

        assertThat(settings.toString())
                .contains("cache:6379")
                .contains("other:6379")
                .doesNotContain("s3cret")
                .doesNotContain("hush");
    }
}
