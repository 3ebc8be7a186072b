package io.muster.queue.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.Node;
import io.muster.queue.distribution.QueueGroups;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.worker.PoolStats;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node publishes of its pools and groups: the leader plans by it, people read it. Kept as JSON in the node's metadata.
 *
 * @param pools its pools, in the order they were configured; one that has ended by its own limits is there still, so that
 *     leaders take back what they gave it meanwhile
 * @param groups distribution groups as it knows them (C10)
 * @param reclaimAfter how long it may give no sign of life before its jobs run elsewhere; nodes of an older version say nothing (K2)
 * @param progress of jobs that run there and say something of it, in percent by job id, {@link #MOST_PROGRESS} at most (J8)
 * @param held while it leads: connections on which it cannot push what follows on jobs, {@link #HERE} being its own (W1)
 * @param maxConcurrency most handlers that run at once over all of its pools; nodes of an older version say nothing (C7)
 */
public record NodeReport(
        List<Pool> pools,
        Groups groups,
        Optional<Duration> reclaimAfter,
        Optional<Integer> maxConcurrency,
        Map<String, Integer> progress,
        Map<String, Held> held) {
    /** Among connections: the node's own. */
    public static final String HERE = "";

    /** Of so many connections a leader says what holds up what is for them. */
    private static final int MOST_HELD = 20;

    private static final int MOST_OF_A_REASON = 300;

    /** Of so many jobs a node says how far they are. */
    public static final int MOST_PROGRESS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(NodeReport.class);
    private static final String METADATA_KEY = "muster.pools";
    private static final String GROUPS_KEY = "muster.groups";
    private static final String RECLAIM_KEY = "muster.reclaim-after";
    private static final String PROGRESS_KEY = "muster.progress";
    private static final String HELD_KEY = "muster.held";
    private static final String MOST_KEY = "muster.max-concurrency";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Each is asked for several times: by all who plan by it, whenever any other node publishes. */
    private static final Map<Map<String, String>, NodeReport> READ = new ConcurrentHashMap<>();

    private static final int MOST_READ = 256;

    public NodeReport {
        pools = List.copyOf(pools);
        progress = Map.copyOf(progress);
        held = Map.copyOf(held);
    }

    /**
     * What holds up what is for a connection.
     *
     * @param since the first time that it could not be pushed
     */
    public record Held(Instant since, String reason) {
        public Held {
            reason = reason.length() > MOST_OF_A_REASON ? reason.substring(0, MOST_OF_A_REASON) + "…" : reason;
        }
    }

    /**
     * A pool of a node.
     *
     * @param queues what it serves, most wanted first
     * @param weights of each queue, if it serves them by weights; nodes of an older version say nothing
     * @param stats as of the node's last heartbeat
     * @param reserves it reserves for itself, and a leader gives it nothing
     */
    public record Pool(
            String name,
            List<String> queues,
            @Nullable Map<String, Integer> weights,
            int concurrency,
            PoolStats stats,
            boolean reserves) {
        public Pool {
            queues = List.copyOf(queues);
            weights = weights == null ? Map.of() : Map.copyOf(weights);
        }

        /** In which order it serves them. */
        public QueueOrder order() {
            return new QueueOrder(queues, weights == null ? Map.of() : weights);
        }
    }

    /**
     * The groups that a node knows.
     *
     * @param queues of the named ones
     * @param campaigns whether it takes part in their elections
     */
    public record Groups(@Nullable Map<String, List<String>> queues, boolean campaigns) {
        static final Groups UNKNOWN = new Groups(Map.of(), false);

        public Groups {
            queues = queues == null ? Map.of() : Map.copyOf(queues);
        }

        /** As settings say them. */
        public QueueGroups named() {
            return new QueueGroups(queues == null ? Map.of() : queues);
        }
    }

    /** The pools that have not ended. */
    public List<Pool> atWork() {
        return pools.stream()
                .filter(pool -> pool.stats().status() != PoolStats.Status.ENDED)
                .toList();
    }

    /** The groups whose elections it takes part in. */
    public List<String> campaigns() {
        return groups.campaigns() ? groups.named().names() : List.of();
    }

    /** The same pools with newer figures, as far as there are any. */
    public NodeReport with(List<PoolStats> newer) {
        Map<String, PoolStats> byName = newer.stream().collect(Collectors.toMap(PoolStats::name, Function.identity()));
        List<Pool> renewed = pools.stream()
                .map(pool -> new Pool(
                        pool.name(),
                        pool.queues(),
                        pool.weights(),
                        pool.concurrency(),
                        byName.getOrDefault(pool.name(), pool.stats()),
                        pool.reserves()))
                .toList();
        return new NodeReport(renewed, groups, reclaimAfter, maxConcurrency, progress, held);
    }

    /** Whether the node may lead; one whose report cannot be read might. */
    public static boolean takesPartInElections(Node node) {
        return of(node).map(report -> report.groups().campaigns()).orElse(true);
    }

    /** As metadata to publish. */
    public Map<String, String> metadata() {
        try {
            Map<String, String> metadata = new HashMap<>(
                    Map.of(METADATA_KEY, JSON.writeValueAsString(pools), GROUPS_KEY, JSON.writeValueAsString(groups)));
            reclaimAfter.ifPresent(patience -> metadata.put(RECLAIM_KEY, patience.toString()));
            maxConcurrency.ifPresent(most -> metadata.put(MOST_KEY, String.valueOf(most)));
            if (!progress.isEmpty()) {
                metadata.put(PROGRESS_KEY, JSON.writeValueAsString(new TreeMap<>(progress)));
            }
            if (!held.isEmpty()) {
                metadata.put(HELD_KEY, JSON.writeValueAsString(heldAsTexts()));
            }
            return metadata;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Pools and groups cannot be written as JSON", e);
        }
    }

    /** By connection, in the order of their names: since when, and why. */
    private Map<String, List<String>> heldAsTexts() {
        Map<String, List<String>> texts = new TreeMap<>();
        held.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(MOST_HELD)
                .forEach(each -> texts.put(
                        each.getKey(),
                        List.of(
                                each.getValue().since().toString(),
                                each.getValue().reason())));
        return texts;
    }

    private static Map<String, Held> held(Node node) throws JsonProcessingException {
        String text = node.metadata().get(HELD_KEY);
        Map<String, Held> held = new TreeMap<>();
        Map<String, List<String>> read =
                text == null ? Map.of() : JSON.readValue(text, new TypeReference<Map<String, List<String>>>() {});
        if (read == null) {
            throw new IllegalArgumentException("no connections");
        }
        read.forEach((connection, why) -> {
            if (why == null || why.size() < 2 || why.contains(null)) {
                throw new IllegalArgumentException("a connection without a reason");
            }
            held.put(connection, new Held(Instant.parse(why.get(0)), why.get(1)));
        });
        return held;
    }

    private static Map<String, Integer> progress(Node node) throws JsonProcessingException {
        String text = node.metadata().get(PROGRESS_KEY);
        if (text == null) {
            return Map.of();
        }
        Map<String, Integer> read = JSON.readValue(text, new TypeReference<Map<String, Integer>>() {});
        if (read == null || read.containsValue(null)) {
            throw new IllegalArgumentException("no figures");
        }
        return read;
    }

    /** The report that a node published, if it published one that this version can read. */
    public static Optional<NodeReport> of(Node node) {
        String text = node.metadata().get(METADATA_KEY);
        if (text == null) {
            return Optional.empty();
        }
        NodeReport known = READ.get(node.metadata());
        if (known != null) {
            return Optional.of(known);
        }
        Optional<NodeReport> report = read(node, text);
        if (READ.size() >= MOST_READ) {
            READ.clear();
        }
        report.ifPresent(read -> READ.put(Map.copyOf(node.metadata()), read));
        return report;
    }

    private static Optional<NodeReport> read(Node node, String text) {
        try {
            String groups = node.metadata().get(GROUPS_KEY);
            return Optional.of(new NodeReport(
                    pools(JSON.readValue(text, Pool[].class)),
                    groups == null ? Groups.UNKNOWN : groups(JSON.readValue(groups, Groups.class)),
                    Optional.ofNullable(node.metadata().get(RECLAIM_KEY)).map(Duration::parse),
                    Optional.ofNullable(node.metadata().get(MOST_KEY)).map(Integer::valueOf),
                    progress(node),
                    held(node)));
        } catch (JsonProcessingException
                | DateTimeParseException
                | IllegalArgumentException
                | ClusterConfigurationException e) {
            LOG.warn(
                    "Cannot read what a node says of its pools; it gets no jobs node={} reason={}",
                    node.id(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** JSON knows {@code null} where a report has none. */
    private static List<Pool> pools(Pool @Nullable [] read) {
        if (read == null) {
            throw new IllegalArgumentException("no pools");
        }
        for (Pool pool : read) {
            if (pool == null
                    || pool.name() == null
                    || pool.stats() == null
                    || pool.stats().status() == null) {
                throw new IllegalArgumentException("a pool without name or figures");
            }
            pool.order(); // Throws if queues and weights do not fit.
        }
        return List.of(read);
    }

    private static Groups groups(@Nullable Groups read) {
        if (read == null) {
            throw new IllegalArgumentException("no groups");
        }
        Map<String, List<String>> queues = read.queues() == null ? Map.of() : read.queues();
        if (queues.values().stream().flatMap(List::stream).anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a queue without name");
        }
        read.named(); // Throws if a queue is in two of them.
        return read;
    }
}
