package io.muster.queue.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.health.QueueHealth.Status;
import io.muster.queue.store.QueueCounts;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("F3")
class QueueHealthTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theJsonIsTheGoldenFiles() throws IOException {
        List<QueueCounts> queues =
                List.of(new QueueCounts("a", 1, 2, 3, 4, 5, 100, false), new QueueCounts("b", 0, 0, 5, 0, 7, 1, true));

        QueueHealth health = QueueHealth.of(JobTotals.of(queues), false, HealthSettings.DEFAULT);

        try (InputStream golden = Objects.requireNonNull(QueueHealthTest.class.getResourceAsStream("health.json"))) {
            assertThat(JSON.readTree(JSON.writeValueAsBytes(health.figures()))).isEqualTo(JSON.readTree(golden));
        }
        List<String> names = new ArrayList<>(health.stats().figures().keySet());
        assertThat(names)
                .containsExactly(
                        "total_jobs",
                        "pending_jobs",
                        "processing_jobs",
                        "failed_jobs",
                        "completed_jobs",
                        "delayed_jobs",
                        "reserved_jobs");
    }

    @ParameterizedTest
    @CsvSource({"0, HEALTHY", "100, HEALTHY", "101, WARNING", "1000, WARNING", "1001, CRITICAL"})
    void failedJobsMakeItWorseAboveTheirThresholds(long failed, Status expected) {
        assertThat(QueueHealth.of(failed(failed), false, HealthSettings.DEFAULT).status())
                .isEqualTo(expected);
    }

    @Test
    void thresholdsCanBeSet() {
        HealthSettings strict = HealthSettings.DEFAULT.withHealth(0, 2);

        assertThat(QueueHealth.of(failed(0), false, strict).status()).isEqualTo(Status.HEALTHY);
        assertThat(QueueHealth.of(failed(2), false, strict).status()).isEqualTo(Status.WARNING);
        assertThat(QueueHealth.of(failed(3), false, strict).status()).isEqualTo(Status.CRITICAL);
        assertThatThrownBy(() -> HealthSettings.DEFAULT.withHealth(5, 4))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("health-failed-critical=4");
    }

    @Test
    @Tag("C7")
    void whereNobodyCampaignsItIsAWarningThatSaysSo() {
        QueueHealth health = QueueHealth.of(failed(0), true, HealthSettings.DEFAULT);

        assertThat(health.status()).isEqualTo(Status.WARNING);
        assertThat(health.reasons()).singleElement().asString().contains("no node takes part in elections");
        assertThat(QueueHealth.of(failed(1001), true, HealthSettings.DEFAULT).status())
                .isEqualTo(Status.CRITICAL);
    }

    @Test
    void monitoredQueuesAreNamedWithOrWithoutTheirConnection() {
        assertThat(MonitoredQueue.parse("redis:default, mail ,redis:a:b"))
                .containsExactly(
                        new MonitoredQueue(Optional.of("redis"), "default"),
                        new MonitoredQueue(Optional.empty(), "mail"),
                        new MonitoredQueue(Optional.of("redis"), "a:b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,,b", "redis:", ":mail", "mail,"})
    void aListWithAnEmptyNameIsRefused(String list) {
        assertThatThrownBy(() -> MonitoredQueue.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }

    private static JobTotals failed(long failed) {
        return JobTotals.of(List.of(new QueueCounts("mail", 0, 0, 0, 0, 0, failed, false)));
    }
}
