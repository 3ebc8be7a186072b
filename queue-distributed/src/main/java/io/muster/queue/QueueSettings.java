package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.distribution.QueueGroups;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.health.HealthSettings;
import io.muster.queue.store.Retention;
import io.muster.queue.worker.OnSessionLost;
import java.time.Duration;
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
 * @param store address of the store; empty: the cluster's own, memory on a local coordinator, or the Redis store on Redis if its
 *     module is on the class path
 * @param nodeId name of the node; empty: a random one
 * @param sessionTtl how long a silent node is believed in
 * @param electionTimeout how long start waits for a first leader before it says that there is none
 * @param lockTimeout how long a lock of {@code queue.cluster().tryLock(key)} is held unless renewed
 * @param heartbeatInterval how often figures are published; unchanged ones three times in {@code reclaimAfter}, at least every sixtieth
 *     time, or when somebody asks; at most a third of it
 * @param leaderElection whether this node may lead
 * @param jobDistribution whether leaders assign; off, nodes reserve for themselves
 * @param workerCount slots of the default pool
 * @param maxConcurrency most handlers at once on the node over all pools
 * @param queues what the default pool serves, and in which order (Q6)
 * @param groups queues that have an election of their own (C10)
 * @param shutdownGrace how long running handlers may go on at close
 * @param onSessionLost what becomes of running handlers when the session is lost
 * @param retention how long settled jobs are kept
 * @param reclaimAfter how long a node may give no sign of life, though its session goes on, before its jobs run elsewhere; a job's
 *     timeout must be shorter by five seconds (K2)
 * @param unservedAfter how long a job waits for a live node that serves its type before it fails (J1)
 * @param keys what encrypts, decrypts and signs (J6, J7)
 * @param health from when on figures are high, and which queues are watched (F3)
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
        QueueOrder queues,
        QueueGroups groups,
        Duration shutdownGrace,
        OnSessionLost onSessionLost,
        Retention retention,
        Duration reclaimAfter,
        Duration unservedAfter,
        EncryptionKeys keys,
        HealthSettings health) {
    private static final int SIGNS_UNTIL_RECLAIM = 3;
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
            QueueOrder.strict("default"),
            QueueGroups.NONE,
            Duration.ofSeconds(20),
            OnSessionLost.INTERRUPT,
            Retention.DEFAULT,
            Duration.ofSeconds(90),
            Duration.ofHours(1),
            EncryptionKeys.NONE,
            HealthSettings.DEFAULT);

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
        atLeastOne("worker-count", workerCount);
        atLeastOne("max-concurrency", maxConcurrency);
        positive("session-ttl", sessionTtl);
        positive("election-timeout", electionTimeout);
        positive("lock-timeout", lockTimeout);
        positive("heartbeat-interval", heartbeatInterval);
        positive("unserved-after", unservedAfter);
        positive("reclaim-after", reclaimAfter);
        if (heartbeatInterval.multipliedBy(SIGNS_UNTIL_RECLAIM).compareTo(reclaimAfter) > 0) {
            throw new ClusterConfigurationException("muster.reclaim-after must be at least three times"
                    + " muster.heartbeat-interval, the sign of life that it waits for: " + reclaimAfter + " and "
                    + heartbeatInterval);
        }
    }

    /** All settings that can come from text, as {@code muster.name}. */
    public static Set<String> names() {
        return SettingsText.names();
    }

    /** From {@code muster.*} properties; others are ignored, an unknown {@code muster.} one is an error that suggests the nearest. */
    public static QueueSettings of(Properties properties) {
        Map<String, String> text = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> text.put(name, properties.getProperty(name)));
        return of(text);
    }

    /** As {@link #of(Properties)}. */
    public static QueueSettings of(Map<String, String> properties) {
        return SettingsText.read(properties);
    }

    /** These settings, to be changed. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    public QueueSettings withNamespace(String changed) {
        return toBuilder().namespace(changed).build();
    }

    public QueueSettings withCluster(String changed) {
        return toBuilder().cluster(changed).build();
    }

    public QueueSettings withStore(String changed) {
        return toBuilder().store(changed).build();
    }

    public QueueSettings withNodeId(String changed) {
        return toBuilder().nodeId(changed).build();
    }

    public QueueSettings withSessionTtl(Duration changed) {
        return toBuilder().sessionTtl(changed).build();
    }

    /** Slots of the default pool; raises {@link #maxConcurrency} if that is less. */
    public QueueSettings withWorkerCount(int changed) {
        return toBuilder()
                .workerCount(changed)
                .maxConcurrency(Math.max(maxConcurrency, changed))
                .build();
    }

    public QueueSettings withQueues(QueueOrder changed) {
        return toBuilder().queues(changed).build();
    }

    public QueueSettings withGroups(QueueGroups changed) {
        return toBuilder().groups(changed).build();
    }

    public QueueSettings withKeys(EncryptionKeys changed) {
        return toBuilder().keys(changed).build();
    }

    /** Shows no password of an address. */
    @Override
    public String toString() {
        return "QueueSettings[namespace=" + namespace + ", cluster=" + ConnectionUri.parse(cluster) + ", store="
                + store.map(uri -> ConnectionUri.parse(uri).toString()).orElse("default") + ", nodeId="
                + nodeId.orElse("random") + ", queues=" + queues + ", workerCount=" + workerCount + "]";
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new ClusterConfigurationException("muster." + name + " must be at least 1, not " + value);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new ClusterConfigurationException("muster." + name + " must be positive, not " + value);
        }
    }

    /** Changes settings one by one; what is invalid is refused by {@link #build}. Not thread-safe. */
    public static final class Builder {
        private String namespace;
        private String cluster;
        private Optional<String> store;
        private Optional<String> nodeId;
        private Duration sessionTtl;
        private Duration electionTimeout;
        private Duration lockTimeout;
        private Duration heartbeatInterval;
        private LeaderElection leaderElection;
        private JobDistribution jobDistribution;
        private int workerCount;
        private int maxConcurrency;
        private QueueOrder queues;
        private QueueGroups groups;
        private Duration shutdownGrace;
        private OnSessionLost onSessionLost;
        private Retention retention;
        private Duration reclaimAfter;
        private Duration unservedAfter;
        private EncryptionKeys keys;
        private HealthSettings health;

        private Builder(QueueSettings from) {
            this.namespace = from.namespace;
            this.cluster = from.cluster;
            this.store = from.store;
            this.nodeId = from.nodeId;
            this.sessionTtl = from.sessionTtl;
            this.electionTimeout = from.electionTimeout;
            this.lockTimeout = from.lockTimeout;
            this.heartbeatInterval = from.heartbeatInterval;
            this.leaderElection = from.leaderElection;
            this.jobDistribution = from.jobDistribution;
            this.workerCount = from.workerCount;
            this.maxConcurrency = from.maxConcurrency;
            this.queues = from.queues;
            this.groups = from.groups;
            this.shutdownGrace = from.shutdownGrace;
            this.onSessionLost = from.onSessionLost;
            this.retention = from.retention;
            this.reclaimAfter = from.reclaimAfter;
            this.unservedAfter = from.unservedAfter;
            this.keys = from.keys;
            this.health = from.health;
        }

        public Builder namespace(String changed) {
            namespace = changed;
            return this;
        }

        public Builder cluster(String changed) {
            cluster = changed;
            return this;
        }

        public Builder store(String changed) {
            store = Optional.of(changed);
            return this;
        }

        public Builder nodeId(String changed) {
            nodeId = Optional.of(changed);
            return this;
        }

        public Builder sessionTtl(Duration changed) {
            sessionTtl = changed;
            return this;
        }

        public Builder electionTimeout(Duration changed) {
            electionTimeout = changed;
            return this;
        }

        public Builder lockTimeout(Duration changed) {
            lockTimeout = changed;
            return this;
        }

        public Builder heartbeatInterval(Duration changed) {
            heartbeatInterval = changed;
            return this;
        }

        public Builder leaderElection(LeaderElection changed) {
            leaderElection = changed;
            return this;
        }

        public Builder jobDistribution(JobDistribution changed) {
            jobDistribution = changed;
            return this;
        }

        public Builder workerCount(int changed) {
            workerCount = changed;
            return this;
        }

        public Builder maxConcurrency(int changed) {
            maxConcurrency = changed;
            return this;
        }

        public Builder queues(QueueOrder changed) {
            queues = changed;
            return this;
        }

        public Builder groups(QueueGroups changed) {
            groups = changed;
            return this;
        }

        public Builder shutdownGrace(Duration changed) {
            shutdownGrace = changed;
            return this;
        }

        public Builder onSessionLost(OnSessionLost changed) {
            onSessionLost = changed;
            return this;
        }

        public Builder retention(Retention changed) {
            retention = changed;
            return this;
        }

        public Builder reclaimAfter(Duration changed) {
            reclaimAfter = changed;
            return this;
        }

        public Builder unservedAfter(Duration changed) {
            unservedAfter = changed;
            return this;
        }

        public Builder keys(EncryptionKeys changed) {
            keys = changed;
            return this;
        }

        public Builder health(HealthSettings changed) {
            health = changed;
            return this;
        }

        /** @throws ClusterConfigurationException a setting is out of its range */
        public QueueSettings build() {
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
                    queues,
                    groups,
                    shutdownGrace,
                    onSessionLost,
                    retention,
                    reclaimAfter,
                    unservedAfter,
                    keys,
                    health);
        }
    }
}
