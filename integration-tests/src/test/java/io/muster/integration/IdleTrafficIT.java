package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.queue.QueueSettings;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What three nodes with default settings ask of their coordinator while there is nothing to do, counted at the server, and what
 * that costs them.
 *
 * <p>The calculation: all requests per second and node, less those of a process that has a session and does nothing else, of
 * the same TTL: its renewals, and the pings of its client's connections. That is measured first, on the same server, with three
 * of them.
 */
class IdleTrafficIT {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int NODES = 3;
    /** Backstops become slow some twelve seconds after the last job or change. */
    private static final Duration WARM_UP = Duration.ofSeconds(FULL ? 60 : 25);

    /** Twice the session TTL: ZooKeeper's client pings every few seconds, so less would count one more or one less of each. */
    private static final Duration SESSIONS_ALONE = Duration.ofSeconds(FULL ? 32 : 16);
    /**
     * All servers at once. A multiple of half a minute, after which most comes again: signs of life, the leader's look through everything, Consul's
     * watches. Those take a little longer than that, so none of them is counted once too often.
     */
    private static final Duration IDLE = Duration.ofSeconds(FULL ? 120 : 60);

    private static final double MOST_COMMANDS = 1.0;
    /** The bar is one on a machine of its own; here many processes share two cores, with a young and simple JIT compiler. */
    private static final double MOST_CPU_PERCENT = 3.0;

    private static final double TICKS_PER_SECOND = 100;

    @Test
    @Tag("Q3")
    void idleNodesAskLittle(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws IOException {
        Map<ServerKind, LocalServer> servers = new LinkedHashMap<>();
        for (ServerKind kind : List.of(ServerKind.ZOOKEEPER, ServerKind.CONSUL, ServerKind.ETCD, ServerKind.REDIS)) {
            SharedServers.get(kind).ifPresent(server -> servers.put(kind, server));
        }
        Assumptions.assumeFalse(servers.isEmpty(), "no server at all");
        Map<ServerKind, Double> sessions = sessionsAlone(servers);
        Map<ServerKind, ThreeNodes> clusters = new LinkedHashMap<>();
        try {
            for (Map.Entry<ServerKind, LocalServer> server : servers.entrySet()) {
                Path own = Files.createDirectory(folder.resolve(server.getKey().id()));
                ThreeNodes nodes = new ThreeNodes(server.getValue(), own, List.of());
                clusters.put(server.getKey(), nodes);
                nodes.ensureWhole();
            }
            clusters.values().forEach(nodes -> nodes.client().close());
            pause(WARM_UP);
            judge(servers, sessions, clusters);
        } finally {
            clusters.values().forEach(ThreeNodes::close);
        }
    }

    private static void judge(
            Map<ServerKind, LocalServer> servers,
            Map<ServerKind, Double> sessions,
            Map<ServerKind, ThreeNodes> clusters) {
        Map<ServerKind, Double> cpuBefore = new LinkedHashMap<>();
        clusters.forEach((kind, nodes) -> cpuBefore.put(kind, cpuSeconds(nodes)));
        Map<ServerKind, Double> rates = ratePerNode(servers, IDLE);
        SoftAssertions softly = new SoftAssertions();
        clusters.forEach((kind, nodes) -> {
            double cpu = (cpuSeconds(nodes) - cpuBefore.getOrDefault(kind, 0.0)) / NODES / IDLE.toSeconds() * 100;
            double all = rates.getOrDefault(kind, Double.NaN);
            double session = sessions.getOrDefault(kind, Double.NaN);
            System.out.printf(
                    "[%s] idle: %.2f requests per second and node, sessions alone %.2f, beside them %.2f; CPU %.2f %% of a core%n",
                    kind.id(), all, session, all - session, cpu);
            softly.assertThat(all - session)
                    .as("requests per second and node beside the session's, on %s", kind)
                    .isLessThanOrEqualTo(MOST_COMMANDS);
            softly.assertThat(cpu).as("CPU of an idle node on %s", kind).isLessThan(MOST_CPU_PERCENT);
        });
        softly.assertAll();
    }

    /** Requests per second and session with nothing but sessions. */
    private static Map<ServerKind, Double> sessionsAlone(Map<ServerKind, LocalServer> servers) {
        List<Cluster> bare = new ArrayList<>();
        try {
            for (LocalServer server : servers.values()) {
                for (int i = 0; i < NODES; i++) {
                    ClusterOptions options = ClusterOptions.named("bare-" + UUID.randomUUID())
                            .withSessionTtl(QueueSettings.DEFAULT.sessionTtl());
                    bare.add(Cluster.open(server.uri().toString(), options));
                }
            }
            pause(Duration.ofSeconds(2));
            assertThat(bare).allMatch(cluster -> cluster.session().isActive());
            return ratePerNode(servers, SESSIONS_ALONE);
        } finally {
            bare.forEach(Cluster::close);
        }
    }

    private static Map<ServerKind, Double> ratePerNode(Map<ServerKind, LocalServer> servers, Duration time) {
        Map<ServerKind, Long> before = new LinkedHashMap<>();
        servers.forEach((kind, server) -> before.put(kind, server.requestsReceived()));
        long begun = System.nanoTime();
        pause(time);
        Map<ServerKind, Double> rates = new LinkedHashMap<>();
        servers.forEach((kind, server) -> {
            double seconds = (System.nanoTime() - begun) / 1e9;
            long requests = server.requestsReceived() - before.getOrDefault(kind, 0L);
            rates.put(kind, requests / seconds / NODES);
        });
        return rates;
    }

    private static double cpuSeconds(ThreeNodes nodes) {
        return nodes.all().stream().mapToDouble(node -> cpuSeconds(node.pid())).sum();
    }

    /** User and system time of a process, as Linux counts them. */
    private static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
