package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.health.HealthSettings;
import io.muster.queue.health.MonitoredQueue;
import io.muster.queue.store.Retention;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Connections from text: {@code muster.connection} names the default one, {@code muster.connections.NAME.driver}, {@code .store}, {@code
 * .queue}, {@code .cluster} and {@code .namespace} describe them, {@code muster.databases.NAME} are addresses. What they leave open
 * comes from {@link DriverVariables}. C9
 */
final class ConnectionsText {
    static final String DEFAULT = "muster.connection";
    private static final String CONNECTIONS = "muster.connections.";
    private static final String DATABASES = "muster.databases.";
    private static final Set<String> KEYS = Set.of("driver", "store", "queue", "cluster", "namespace");

    private final Map<String, String> text;
    private final DriverVariables variables;
    private final QueueSettings base;

    private ConnectionsText(Map<String, String> text, DriverVariables variables) {
        this.text = text;
        this.variables = variables;
        QueueSettings properties = QueueSettings.of(text);
        QueueSettings said = properties.keys().isEmpty()
                ? properties.withKeys(variables.keys().orElse(EncryptionKeys.NONE))
                : properties;
        this.base = variables.keepsFailed()
                ? said
                : said.toBuilder()
                        .retention(new Retention(said.retention().completed(), Duration.ZERO))
                        .build();
    }

    /** What was read. */
    record Read(String defaultName, Map<String, ConnectionSettings> connections) {}

    static Read read(Map<String, String> properties, Map<String, String> environment) {
        return new ConnectionsText(new TreeMap<>(properties), new DriverVariables(environment)).read();
    }

    /** Whether a setting is one of these; a misspelt one of theirs is an error. */
    static boolean owns(String setting) {
        if (setting.startsWith(CONNECTIONS)) {
            int dot = setting.lastIndexOf('.');
            String key = setting.substring(dot + 1);
            if (dot <= CONNECTIONS.length() || !KEYS.contains(key)) {
                Set<String> known = new TreeSet<>();
                String name = dot <= CONNECTIONS.length() ? "NAME" : setting.substring(CONNECTIONS.length(), dot);
                KEYS.forEach(each -> known.add(CONNECTIONS + name + "." + each));
                throw ClusterConfigurationException.unknownSetting(setting, "the properties", known);
            }
            return true;
        }
        return setting.equals(DEFAULT) || (setting.startsWith(DATABASES) && setting.length() > DATABASES.length());
    }

    private Read read() {
        Set<String> names = new LinkedHashSet<>();
        text.keySet().stream()
                .filter(setting -> setting.startsWith(CONNECTIONS) && owns(setting))
                .forEach(setting -> names.add(setting.substring(CONNECTIONS.length(), setting.lastIndexOf('.'))));
        String only = names.size() == 1 ? names.iterator().next() : Driver.SYNC.word();
        String defaultName = Optional.ofNullable(text.get(DEFAULT))
                .map(String::strip)
                .or(variables::connection)
                .orElse(only);
        Map<String, ConnectionSettings> connections = new LinkedHashMap<>();
        names.forEach(name -> connections.put(name, watched(connection(name), defaultName)));
        for (String ready : List.of(Driver.SYNC.word(), Driver.NULL.word(), defaultName)) {
            if (!connections.containsKey(ready)) {
                connections.put(ready, watched(predefined(ready, connections.keySet()), defaultName));
            }
        }
        base.health().monitored().forEach(queue -> checkMonitored(queue, connections.keySet()));
        return new Read(defaultName, connections);
    }

    private static void checkMonitored(MonitoredQueue queue, Set<String> names) {
        queue.connection().filter(name -> !names.contains(name)).ifPresent(unknown -> {
            throw new ClusterConfigurationException(
                    "muster.monitor-queues: no connection \"" + unknown + "\"; there are " + names);
        });
    }

    /** Each connection's leader watches the queues of that connection. */
    private static ConnectionSettings watched(ConnectionSettings connection, String defaultName) {
        HealthSettings health = connection.node().health();
        List<MonitoredQueue> own = health.monitored().stream()
                .filter(queue -> queue.isOf(connection.name(), defaultName))
                .toList();
        return new ConnectionSettings(
                connection.name(),
                connection.driver(),
                connection.queue(),
                connection.node().toBuilder()
                        .health(health.withMonitor(own, health.monitorMax(), health.monitorEvery()))
                        .build());
    }

    /** A driver's word is a connection of that driver, also without settings. */
    private ConnectionSettings predefined(String name, Set<String> configured) {
        if (!Driver.words().contains(name)) {
            throw new ClusterConfigurationException("No connection \"" + name + "\"; configured are " + configured
                    + " and there are " + Driver.words() + ". Correct " + DEFAULT + " or " + DriverVariables.CONNECTION
                    + ", or set " + CONNECTIONS + name + ".driver.");
        }
        return connection(name);
    }

    private ConnectionSettings connection(String name) {
        Driver driver = Driver.parse(
                CONNECTIONS + name + ".driver",
                of(name, "driver").orElseGet(() -> Driver.words().contains(name) ? name : Driver.CLUSTER.word()));
        String queue = of(name, "queue").orElseGet(() -> variables.queue(driver));
        if (!driver.keepsJobs()) {
            return new ConnectionSettings(name, driver, queue, base);
        }
        String store = of(name, "store").orElseGet(() -> store(name, driver));
        QueueSettings node = base.withStore(store)
                .withNamespace(of(name, "namespace").orElse(base.namespace() + "." + name))
                .withCluster(of(name, "cluster").orElseGet(() -> cluster(driver, store)));
        return new ConnectionSettings(name, driver, queue, node);
    }

    private String store(String name, Driver driver) {
        return switch (driver) {
            case MEMORY -> variables.memory(name);
            case CLUSTER -> "cluster:";
            case REDIS -> variables.redis();
            case DATABASE -> variables.withTable(database(name));
            case SYNC, NULL -> throw new IllegalStateException(driver + " keeps no jobs");
        };
    }

    private String database(String connection) {
        String name = variables.database();
        return Optional.ofNullable(text.get(DATABASES + name))
                .map(String::strip)
                .orElseThrow(() -> new ClusterConfigurationException("Connection \"" + connection
                        + "\" needs the address of its database: set " + CONNECTIONS + connection + ".store or "
                        + DATABASES + name + ", such as postgresql://localhost:5432/shop"));
    }

    /** Memory is this process's own; Redis can be its own coordinator. */
    private String cluster(Driver driver, String store) {
        if (driver == Driver.MEMORY) {
            return QueueSettings.DEFAULT.cluster();
        }
        return driver == Driver.REDIS && !text.containsKey("muster.cluster") ? store : base.cluster();
    }

    private Optional<String> of(String name, String key) {
        return Optional.ofNullable(text.get(CONNECTIONS + name + "." + key))
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }
}
