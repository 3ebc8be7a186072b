package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.QueueSettings.JobDistribution;
import io.muster.queue.QueueSettings.LeaderElection;
import io.muster.queue.distribution.QueueGroups;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.health.HealthSettings;
import io.muster.queue.health.MonitoredQueue;
import io.muster.queue.store.Retention;
import io.muster.queue.worker.OnSessionLost;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Settings from text: the only place where their names are read. C9 */
final class SettingsText {
    private static final String PREFIX = "muster.";
    private static final String GROUPS = "groups.";
    private static final Set<String> NAMES = Set.of(
            "namespace",
            "cluster",
            "store",
            "node-id",
            "session-ttl",
            "election-timeout",
            "lock-timeout",
            "heartbeat-interval",
            "enable-leader-election",
            "enable-job-distribution",
            "worker-count",
            "max-concurrency",
            "queues",
            "shutdown-grace",
            "on-session-lost",
            "retain-completed",
            "retain-failed",
            "reclaim-after",
            "unserved-after",
            "keys",
            "health-failed-warning",
            "health-failed-critical",
            "alert-failed",
            "alert-pending",
            "alert-processing",
            "alert-interval",
            "monitor-queues",
            "monitor-max",
            "monitor-interval");

    private final Map<String, String> text;

    private SettingsText(Map<String, String> text) {
        this.text = text;
    }

    static Set<String> names() {
        return NAMES.stream().map(PREFIX::concat).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> namesAndForms() {
        Set<String> all = new TreeSet<>(names());
        all.addAll(List.of(PREFIX + GROUPS + "NAME", PREFIX + "connection", PREFIX + "connections.NAME.driver"));
        return all;
    }

    static QueueSettings read(Map<String, String> properties) {
        Map<String, String> text = new TreeMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                String own = name.substring(PREFIX.length());
                if (ConnectionsText.owns(name)) {
                    return;
                }
                boolean group = own.startsWith(GROUPS) && own.length() > GROUPS.length();
                if (!group && !NAMES.contains(own)) {
                    throw ClusterConfigurationException.unknownSetting(name, "the properties", namesAndForms());
                }
                text.put(own, value.strip());
            }
        });
        return new SettingsText(text).settings();
    }

    private QueueSettings settings() {
        QueueSettings.Builder builder = QueueSettings.DEFAULT.toBuilder();
        word("namespace", builder::namespace);
        word("cluster", builder::cluster);
        word("store", builder::store);
        word("node-id", builder::nodeId);
        duration("session-ttl", builder::sessionTtl);
        duration("election-timeout", builder::electionTimeout);
        duration("lock-timeout", builder::lockTimeout);
        duration("heartbeat-interval", builder::heartbeatInterval);
        builder.leaderElection(yes("enable-leader-election") ? LeaderElection.ENABLED : LeaderElection.DISABLED);
        builder.jobDistribution(yes("enable-job-distribution") ? JobDistribution.ENABLED : JobDistribution.DISABLED);
        number("worker-count", builder::workerCount);
        number("max-concurrency", builder::maxConcurrency);
        word("queues", list -> builder.queues(QueueOrder.parse(list)));
        builder.groups(groups());
        duration("shutdown-grace", builder::shutdownGrace);
        word("on-session-lost", word -> builder.onSessionLost(onSessionLost(word)));
        builder.retention(new Retention(
                duration("retain-completed", Retention.DEFAULT.completed()),
                duration("retain-failed", Retention.DEFAULT.failed())));
        duration("reclaim-after", builder::reclaimAfter);
        duration("unserved-after", builder::unservedAfter);
        word("keys", list -> builder.keys(EncryptionKeys.parse(list)));
        builder.health(health());
        return builder.build();
    }

    private HealthSettings health() {
        HealthSettings usual = HealthSettings.DEFAULT;
        return new HealthSettings(
                count("health-failed-warning", usual.failedWarning()),
                count("health-failed-critical", usual.failedCritical()),
                count("alert-failed", usual.alertFailed()),
                count("alert-pending", usual.alertPending()),
                count("alert-processing", usual.alertProcessing()),
                duration("alert-interval", usual.alertEvery()),
                monitored(),
                count("monitor-max", usual.monitorMax()),
                duration("monitor-interval", usual.monitorEvery()));
    }

    private List<MonitoredQueue> monitored() {
        try {
            return text.containsKey("monitor-queues")
                    ? MonitoredQueue.parse(text.getOrDefault("monitor-queues", ""))
                    : List.of();
        } catch (IllegalArgumentException e) {
            throw new ClusterConfigurationException(PREFIX + "monitor-queues: " + e.getMessage(), e);
        }
    }

    private long count(String name, long otherwise) {
        String value = text.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,18}")) {
            throw new ClusterConfigurationException(PREFIX + name + "=" + value + " is not a whole number from 0");
        }
        return Long.parseLong(value);
    }

    private QueueGroups groups() {
        Map<String, List<String>> groups = new TreeMap<>();
        text.forEach((name, value) -> {
            if (name.startsWith(GROUPS)) {
                groups.put(
                        name.substring(GROUPS.length()), QueueOrder.parse(value).queues());
            }
        });
        return new QueueGroups(groups);
    }

    private void word(String name, Consumer<String> setting) {
        String value = text.get(name);
        if (value != null) {
            setting.accept(value);
        }
    }

    private void duration(String name, Consumer<Duration> setting) {
        word(name, value -> setting.accept(ConnectionUri.parseDuration(PREFIX + name, value)));
    }

    private Duration duration(String name, Duration otherwise) {
        String value = text.get(name);
        return value == null ? otherwise : ConnectionUri.parseDuration(PREFIX + name, value);
    }

    private void number(String name, Consumer<Integer> setting) {
        word(name, value -> {
            try {
                setting.accept(Integer.parseInt(value));
            } catch (NumberFormatException e) {
                throw new ClusterConfigurationException(PREFIX + name + "=" + value + " is not a whole number");
            }
        });
    }

    private boolean yes(String name) {
        String value = text.getOrDefault(name, "true").toLowerCase(Locale.ROOT);
        if (!value.equals("true") && !value.equals("false")) {
            throw new ClusterConfigurationException(PREFIX + name + "=" + value + " is neither true nor false");
        }
        return value.equals("true");
    }

    private static OnSessionLost onSessionLost(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "interrupt" -> OnSessionLost.INTERRUPT;
            case "finish" -> OnSessionLost.FINISH;
            default ->
                throw new ClusterConfigurationException(
                        PREFIX + "on-session-lost=" + word + " is neither interrupt nor finish");
        };
    }
}
