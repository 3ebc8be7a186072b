package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.health.HealthSettings;
import io.muster.queue.health.MonitoredQueue;
import io.muster.queue.store.Retention;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections from properties and from the variables of an environment. */
@Tag("C9")
class ConnectionsTextTest {
    private static final Map<String, String> NOTHING = Map.of();

    @Test
    void withoutAnyWordJobsRunInTheCaller() {
        ConnectionsText.Read read = ConnectionsText.read(NOTHING, NOTHING);

        assertThat(read.defaultName()).isEqualTo("sync");
        assertThat(read.connections()).containsOnlyKeys("sync", "null");
    }

    @Test
    void redisHasTheDefaultsOfItsVariables() {
        ConnectionSettings redis = only("redis", Map.of("QUEUE_CONNECTION", "redis"));

        assertThat(redis.driver()).isEqualTo(Driver.REDIS);
        assertThat(redis.queue()).isEqualTo("default");
        assertThat(redis.node().store()).contains("redis://localhost:6379/0");
        assertThat(redis.node().cluster()).as("its own coordinator").isEqualTo("redis://localhost:6379/0");
    }

    @Test
    void everyVariableOfRedisIsReadAndThePasswordIsNeverShown() {
        ConnectionSettings redis = only(
                "redis",
                Map.of(
                        "QUEUE_CONNECTION", "redis",
                        "QUEUE_REDIS_HOST", "cache",
                        "QUEUE_REDIS_PORT", "6380",
                        "QUEUE_REDIS_PASSWORD", "p@ss w:rd",
                        "QUEUE_REDIS_DB", "4",
                        "QUEUE_REDIS_QUEUE", "mail",
                        "PATH", "/bin"));

        ConnectionUri uri = ConnectionUri.parse(redis.node().store().orElseThrow());
        assertThat(uri.hosts()).hasToString("[cache:6380]");
        assertThat(uri.password()).contains("p@ss w:rd");
        assertThat(uri.path()).isEqualTo("4");
        assertThat(redis.queue()).isEqualTo("mail");
        assertThat(redis.toString())
                .contains("cache:6380")
                .doesNotContain("p@ss")
                .doesNotContain("w:rd");
    }

    @Test
    @Tag("J6")
    void keysComeFromTheEnvironmentUnlessPropertiesNameThemAndAreNeverShown() {
        String old = EncryptionKeys.generate("old");
        String said = EncryptionKeys.generate("said");

        ConnectionSettings usual =
                connection("memory", Map.of(), Map.of("QUEUE_CONNECTION", "memory", "QUEUE_KEYS", old));
        ConnectionSettings other = connection(
                "memory",
                Map.of("muster.keys", said + "," + old),
                Map.of("QUEUE_CONNECTION", "memory", "QUEUE_KEYS", old));

        assertThat(usual.node().keys()).hasToString("EncryptionKeys[old]");
        assertThat(other.node().keys()).hasToString("EncryptionKeys[said, old]");
        assertThat(usual.toString() + usual.node()).doesNotContain(old.substring(8));
    }

    @Test
    void theDatabaseIsOneOfTheNamedOnes() {
        Map<String, String> properties = Map.of(
                "muster.cluster", "etcd://one:2379",
                "muster.databases.default", "postgresql://db/shop",
                "muster.databases.archive", "postgresql://db/archive?ssl=true");

        ConnectionSettings usual = connection("database", properties, Map.of("QUEUE_CONNECTION", "database"));
        ConnectionSettings other = connection(
                "database",
                properties,
                Map.of(
                        "QUEUE_CONNECTION", "database",
                        "QUEUE_DATABASE_CONNECTION", "archive",
                        "QUEUE_DATABASE_TABLE", "tasks",
                        "QUEUE_DATABASE_QUEUE", "slow"));

        assertThat(usual.node().store()).contains("postgresql://db/shop");
        assertThat(usual.node().cluster()).isEqualTo("etcd://one:2379");
        assertThat(usual.queue()).isEqualTo("default");
        assertThat(other.node().store()).contains("postgresql://db/archive?ssl=true&table=tasks");
        assertThat(other.queue()).isEqualTo("slow");
        assertThatThrownBy(() -> connection("database", NOTHING, Map.of("QUEUE_CONNECTION", "database")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("muster.databases.default");
    }

    @Test
    void propertiesDescribeConnectionsAndBeatTheEnvironment() {
        Map<String, String> properties = Map.of(
                "muster.namespace", "shop",
                "muster.cluster", "etcd://one:2379",
                "muster.connection", "reports",
                "muster.connections.reports.driver", "redis",
                "muster.connections.reports.store", "redis://far:1/2",
                "muster.connections.reports.queue", "nightly",
                "muster.connections.orders.driver", "cluster",
                "muster.connections.orders.namespace", "shop",
                "muster.connections.orders.cluster", "etcd://two:2379");

        ConnectionsText.Read read = ConnectionsText.read(properties, Map.of("QUEUE_CONNECTION", "orders"));

        assertThat(read.defaultName()).isEqualTo("reports");
        ConnectionSettings reports =
                Optional.ofNullable(read.connections().get("reports")).orElseThrow();
        assertThat(reports.queue()).isEqualTo("nightly");
        assertThat(reports.node().store()).contains("redis://far:1/2");
        assertThat(reports.node().cluster()).isEqualTo("etcd://one:2379");
        assertThat(reports.node().namespace()).isEqualTo("shop.reports");
        ConnectionSettings orders =
                Optional.ofNullable(read.connections().get("orders")).orElseThrow();
        assertThat(orders.node().namespace()).isEqualTo("shop");
        assertThat(orders.node().cluster()).isEqualTo("etcd://two:2379");
        assertThat(orders.node().store()).contains("cluster:");
        assertThat(QueueSettings.of(properties).namespace())
                .as("the same file for a plain queue")
                .isEqualTo("shop");
    }

    @ParameterizedTest
    @CsvSource({
        "QUEUE_CONECTION, QUEUE_CONNECTION",
        "QUEUE_REDIS_PASWORD, QUEUE_REDIS_PASSWORD",
        "QUEUE_MEMORY_MAXJOBS, QUEUE_MEMORY_MAX_JOBS",
        "QUEUE_DATABASE_TABEL, QUEUE_DATABASE_TABLE"
    })
    void anUnknownVariableSuggestsTheNearest(String unknown, String nearest) {
        assertThatThrownBy(() -> ConnectionsText.read(NOTHING, Map.of(unknown, "secret-value")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("\"" + unknown + "\"")
                .hasMessageContaining("did you mean \"" + nearest + "\"?")
                .hasMessageNotContaining("secret-value");
    }

    @ParameterizedTest
    @CsvSource({
        "muster.connections.orders.drvier, cluster, muster.connections.orders.driver",
        "muster.connections.orders.quue, mail, muster.connections.orders.queue",
        "muster.connections.orders.driver, reddis, redis",
        "muster.conection, orders, muster.connection"
    })
    void anUnknownSettingOrDriverSuggestsTheNearest(String setting, String value, String nearest) {
        assertThatThrownBy(() -> ConnectionsText.read(Map.of(setting, value), NOTHING))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("did you mean \"" + nearest + "\"?");
    }

    @ParameterizedTest
    @CsvSource({
        "QUEUE_MEMORY_MAX_JOBS, 0",
        "QUEUE_REDIS_PORT, 70000",
        "QUEUE_REDIS_DB, first",
        "QUEUE_FAILED_DRIVER, dynamodb",
        "QUEUE_FAILED_DRIVER, database"
    })
    void aBadValueNamesItsVariable(String name, String value) {
        assertThatThrownBy(() -> ConnectionsText.read(NOTHING, Map.of(name, value)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining(name + "=" + value);
    }

    @Test
    @Tag("F1")
    void withoutADriverForFailedJobsNoneAreKept() {
        Retention own =
                only("redis", Map.of("QUEUE_CONNECTION", "redis")).node().retention();
        Retention same = only("redis", Map.of("QUEUE_CONNECTION", "redis", "QUEUE_FAILED_DRIVER", "connection"))
                .node()
                .retention();
        Retention none = only("redis", Map.of("QUEUE_CONNECTION", "redis", "QUEUE_FAILED_DRIVER", "null"))
                .node()
                .retention();

        assertThat(own).isEqualTo(Retention.DEFAULT);
        assertThat(same).isEqualTo(own);
        assertThat(none.failed()).isZero();
        assertThat(none.completed()).isEqualTo(own.completed());
    }

    @Test
    @Tag("F3")
    void eachConnectionWatchesItsOwnQueues() {
        ConnectionsText.Read read = ConnectionsText.read(
                Map.of(
                        "muster.connection", "orders",
                        "muster.connections.orders.driver", "memory",
                        "muster.connections.reports.driver", "memory",
                        "muster.monitor-queues", "mail,reports:nightly,orders:bills",
                        "muster.monitor-max", "7"),
                NOTHING);

        assertThat(health(read, "orders").monitored())
                .extracting(MonitoredQueue::queue)
                .containsExactly("mail", "bills");
        assertThat(health(read, "reports").monitored())
                .extracting(MonitoredQueue::queue)
                .containsExactly("nightly");
        assertThat(health(read, "reports").monitorMax()).isEqualTo(7);
        assertThatThrownBy(() -> ConnectionsText.read(Map.of("muster.monitor-queues", "reddis:mail"), NOTHING))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("reddis");
    }

    private static HealthSettings health(ConnectionsText.Read read, String name) {
        return Optional.ofNullable(read.connections().get(name))
                .orElseThrow()
                .node()
                .health();
    }

    private static ConnectionSettings only(String name, Map<String, String> environment) {
        return connection(name, NOTHING, environment);
    }

    private static ConnectionSettings connection(
            String name, Map<String, String> properties, Map<String, String> environment) {
        ConnectionsText.Read read = ConnectionsText.read(properties, environment);
        assertThat(read.defaultName()).isEqualTo(name);
        return Optional.ofNullable(read.connections().get(name)).orElseThrow();
    }
}
