package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.store.Retention;
import io.muster.queue.worker.OnSessionLost;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * Settings of a node that can come from text. C7, C9
 *
 * @param namespace keeps applications apart that share a coordinator
 * @param cluster address of the coordinator
 * @param store address of the store; empty: the cluster's own, or memory on a local coordinator
 * @param nodeId name of the node; empty: a random one
 * @param sessionTtl how long a silent node is believed in
 * @param electionTimeout how long start waits for a first leader before it says that there is none
 * @param lockTimeout TTL of job locks, renewed
 * @param heartbeatInterval how often figures are published
 * @param leaderElection whether this node may lead
 * @param jobDistribution whether leaders assign; off, nodes reserve for themselves
 * @param workerCount slots of the default pool
 * @param maxConcurrency most handlers at once on the node over all pools
 * @param queues what the default pool serves
 * @param shutdownGrace how long running handlers may go on at close
 * @param onSessionLost what becomes of running handlers when the session is lost
 * @param retention how long settled jobs are kept
 */
public record QueueSettings(
        String namespace,
        String cluster,
        Optional<String> store,
        Optional<String> nodeId,
        Duration sessionTtl,
        Duration electionTimeout,
        Duration lockTimeout,
        Duration heartbeatInterval,
        LeaderElection leaderElection,
        JobDistribution jobDistribution,
        int workerCount,
        int maxConcurrency,
        List<String> queues,
        Duration shutdownGrace,
        OnSessionLost onSessionLost,
        Retention retention) {
    public static final QueueSettings DEFAULT = new QueueSettings(
            "muster",
            "local:",
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(4),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            LeaderElection.ENABLED,
            JobDistribution.ENABLED,
            3,
            5,
            List.of("default"),
            Duration.ofSeconds(20),
            OnSessionLost.INTERRUPT,
            Retention.DEFAULT);

    private static final String PREFIX = "muster.";
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
            "retain-failed");

    /** Whether a node campaigns. */
    public enum LeaderElection {
        ENABLED,
        DISABLED
    }

    /** Whether leaders assign. */
    public enum JobDistribution {
        ENABLED,
        DISABLED
    }

    public QueueSettings {
        queues = List.copyOf(queues);
        atLeastOne("worker-count", workerCount);
        atLeastOne("max-concurrency", maxConcurrency);
        positive("session-ttl", sessionTtl);
        positive("election-timeout", electionTimeout);
        positive("lock-timeout", lockTimeout);
        positive("heartbeat-interval", heartbeatInterval);
    }

    /** From {@code muster.*} properties; others are ignored, an unknown {@code muster.} one is an error that suggests the nearest. */
    public static QueueSettings of(Properties properties) {
        Map<String, String> text = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> text.put(name, properties.getProperty(name)));
        return of(text);
    }

    /** As {@link #of(Properties)}. */
    public static QueueSettings of(Map<String, String> properties) {
        Map<String, String> text = new TreeMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                String own = name.substring(PREFIX.length());
                if (!NAMES.contains(own)) {
                    throw ClusterConfigurationException.unknownSetting(
                            name,
                            "the properties",
                            NAMES.stream().map(PREFIX::concat).toList());
                }
                text.put(own, value.strip());
            }
        });
        return read(text);
    }

    private static QueueSettings read(Map<String, String> text) {
        QueueSettings d = DEFAULT;
        return new QueueSettings(
                text.getOrDefault("namespace", d.namespace),
                text.getOrDefault("cluster", d.cluster),
                Optional.ofNullable(text.get("store")),
                Optional.ofNullable(text.get("node-id")),
                duration(text, "session-ttl", d.sessionTtl),
                duration(text, "election-timeout", d.electionTimeout),
                duration(text, "lock-timeout", d.lockTimeout),
                duration(text, "heartbeat-interval", d.heartbeatInterval),
                yes(text, "enable-leader-election") ? LeaderElection.ENABLED : LeaderElection.DISABLED,
                yes(text, "enable-job-distribution") ? JobDistribution.ENABLED : JobDistribution.DISABLED,
                number(text, "worker-count", d.workerCount),
                number(text, "max-concurrency", d.maxConcurrency),
                text.containsKey("queues") ? List.of(text.get("queues").split("\\s*,\\s*", -1)) : d.queues,
                duration(text, "shutdown-grace", d.shutdownGrace),
                choice(text, "on-session-lost", d.onSessionLost),
                new Retention(
                        duration(text, "retain-completed", d.retention.completed()),
                        duration(text, "retain-failed", d.retention.failed())));
    }

    public QueueSettings withNamespace(String changed) {
        return new QueueSettings(
                changed,
                cluster,
                store,
                nodeId,
                sessionTtl,
                electionTimeout,
                lockTimeout,
                heartbeatInterval,
                leaderElection,
                jobDistribution,
                workerCount,
                maxConcurrency,
                queues,
                shutdownGrace,
                onSessionLost,
                retention);
    }

    public QueueSettings withCluster(String changed) {
        return new QueueSettings(
                namespace,
                changed,
                store,
                nodeId,
                sessionTtl,
                electionTimeout,
                lockTimeout,
                heartbeatInterval,
                leaderElection,
                jobDistribution,
                workerCount,
                maxConcurrency,
                queues,
                shutdownGrace,
                onSessionLost,
                retention);
    }

    public QueueSettings withStore(String changed) {
        return new QueueSettings(
                namespace,
                cluster,
                Optional.of(changed),
                nodeId,
                sessionTtl,
                electionTimeout,
                lockTimeout,
                heartbeatInterval,
                leaderElection,
                jobDistribution,
                workerCount,
                maxConcurrency,
                queues,
                shutdownGrace,
                onSessionLost,
                retention);
    }

    public QueueSettings withNodeId(String changed) {
        return new QueueSettings(
                namespace,
                cluster,
                store,
                Optional.of(changed),
                sessionTtl,
                electionTimeout,
                lockTimeout,
                heartbeatInterval,
                leaderElection,
                jobDistribution,
                workerCount,
                maxConcurrency,
                queues,
                shutdownGrace,
                onSessionLost,
                retention);
    }

    public QueueSettings withSessionTtl(Duration changed) {
        return new QueueSettings(
                namespace,
                cluster,
                store,
                nodeId,
                changed,
                electionTimeout,
                lockTimeout,
                heartbeatInterval,
                leaderElection,
                jobDistribution,
                workerCount,
                maxConcurrency,
                queues,
                shutdownGrace,
                onSessionLost,
                retention);
    }

    public QueueSettings withWorkerCount(int changed) {
        return new QueueSettings(
                namespace,
                cluster,
                store,
                nodeId,
                sessionTtl,
                electionTimeout,
                lockTimeout,
                heartbeatInterval,
                leaderElection,
                jobDistribution,
                changed,
                Math.max(maxConcurrency, changed),
                queues,
                shutdownGrace,
                onSessionLost,
                retention);
    }

    public QueueSettings withQueues(List<String> changed) {
        return new QueueSettings(
                namespace,
                cluster,
                store,
                nodeId,
                sessionTtl,
                electionTimeout,
                lockTimeout,
                heartbeatInterval,
                leaderElection,
                jobDistribution,
                workerCount,
                maxConcurrency,
                changed,
                shutdownGrace,
                onSessionLost,
                retention);
    }

    /** Shows no password of an address. */
    @Override
    public String toString() {
        return "QueueSettings[namespace=" + namespace + ", cluster=" + ConnectionUri.parse(cluster) + ", store="
                + store.map(uri -> ConnectionUri.parse(uri).toString()).orElse("default") + ", nodeId="
                + nodeId.orElse("random") + ", queues=" + queues + ", workerCount=" + workerCount + "]";
    }

    private static Duration duration(Map<String, String> text, String name, Duration otherwise) {
        String value = text.get(name);
        return value == null ? otherwise : ConnectionUri.parseDuration(PREFIX + name, value);
    }

    private static int number(Map<String, String> text, String name, int otherwise) {
        String value = text.get(name);
        try {
            return value == null ? otherwise : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new ClusterConfigurationException(PREFIX + name + "=" + value + " is not a whole number");
        }
    }

    private static boolean yes(Map<String, String> text, String name) {
        String value = text.getOrDefault(name, "true").toLowerCase(Locale.ROOT);
        if (!value.equals("true") && !value.equals("false")) {
            throw new ClusterConfigurationException(PREFIX + name + "=" + value + " is neither true nor false");
        }
        return value.equals("true");
    }

    private static OnSessionLost choice(Map<String, String> text, String name, OnSessionLost otherwise) {
        String value = text.get(name);
        try {
            return value == null ? otherwise : OnSessionLost.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ClusterConfigurationException(PREFIX + name + "=" + value + " is neither interrupt nor finish");
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new ClusterConfigurationException(PREFIX + name + " must be at least 1, not " + value);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new ClusterConfigurationException(PREFIX + name + " must be positive, not " + value);
        }
    }
}
