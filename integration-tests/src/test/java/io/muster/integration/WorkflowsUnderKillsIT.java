package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.ClusterException;
import io.muster.integration.FlowNodeMain.FlowStep;
import io.muster.queue.Connection;
import io.muster.queue.Connections;
import io.muster.queue.job.Batch;
import io.muster.queue.store.StoreException;
import io.muster.servers.Durability;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A chain across queues and connections and two batches, on three node processes of which the one that has begun a step is killed with SIGKILL,
 * somewhere between that and the moment at which the store has heard of its end. {@code muster.full} kills at every step, and on more stores.
 */
@Tag("W1")
@Tag("W2")
class WorkflowsUnderKillsIT {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    /** Each kill costs the start of a JVM. */
    private static final Duration PATIENCE = Duration.ofMinutes(FULL ? 10 : 3);

    private static final int MEMBERS = 4;
    private static final int MILLIS = 60;
    private static final int MOST_TRIES = 5;
    /** In each build. */
    private static final Set<String> DEADLY = Set.of("link-2", "link-3", "member", "then");

    private final Random random = new Random();

    @Test
    void onRedis(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
        LocalServer redis = server(ServerKind.REDIS);
        survive(folder, redis.uri().toString(), "redis", redis.uri().toString());
    }

    @Test
    void inTheCoordinator(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
        survive(folder, server(ServerKind.ETCD).uri().toString(), "cluster", "cluster:");
    }

    @Test
    void onPostgres(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
        Assumptions.assumeTrue(FULL, "only with muster.full");
        survive(
                folder,
                server(ServerKind.ETCD).uri().toString(),
                "database",
                server(ServerKind.POSTGRES).uri().toString());
    }

    @Test
    void onRedisCluster(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
        Assumptions.assumeTrue(FULL, "only with muster.full");
        Optional<RedisClusterServers> servers =
                RedisClusterServers.tryStart(0, ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        Assumptions.assumeTrue(servers.isPresent(), "no Redis on this machine");
        try (RedisClusterServers cluster = servers.get()) {
            survive(
                    folder,
                    server(ServerKind.ETCD).uri().toString(),
                    "redis",
                    cluster.uri().toString());
        }
    }

    private static LocalServer server(ServerKind kind) {
        Optional<LocalServer> server = SharedServers.get(kind);
        Assumptions.assumeTrue(server.isPresent(), kind + " is missing");
        return server.get();
    }

    private void survive(Path folder, String coordinator, String driver, String store) {
        Map<String, String> settings = new HashMap<>();
        settings.put("muster.namespace", "k" + UUID.randomUUID().toString().substring(0, 6));
        settings.put("muster.cluster", coordinator);
        settings.put("muster.session-ttl", "2s");
        settings.put("muster.heartbeat-interval", "1s");
        settings.put("muster.connection", FlowNodeMain.HOME);
        for (String name : List.of(FlowNodeMain.HOME, FlowNodeMain.AWAY)) {
            settings.put("muster.connections." + name + ".driver", driver);
            settings.put("muster.connections." + name + ".store", store);
        }
        List<FlowNode> nodes = new ArrayList<>();
        Map<String, String> patient = new HashMap<>(settings);
        patient.put("muster.session-ttl", "30s");
        try (Connections client = client(patient)) {
            for (int i = 1; i <= 3; i++) {
                nodes.add(new FlowNode("node-" + i, folder, settings));
            }
            nodes.forEach(FlowNode::awaitReady);
            survive(client, nodes);
        } finally {
            nodes.forEach(FlowNode::close);
        }
    }

    /** On a busy machine a server may not answer the first time. */
    private static Connections client(Map<String, String> settings) {
        for (int tries = 1; ; tries++) {
            try {
                return Connections.of(settings)
                        .type(FlowStep.TYPE, FlowStep.class)
                        .open();
            } catch (ClusterException | StoreException e) {
                if (tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    private void survive(Connections client, List<FlowNode> nodes) {
        Connection home = client.on(FlowNodeMain.HOME);
        home.chain(
                        step("link-1"),
                        home.job(step("link-2")).onQueue("media"),
                        home.job(step("link-3")).onConnection(FlowNodeMain.AWAY),
                        home.job(step("link-4")).onConnection(FlowNodeMain.HOME))
                .catching(step("caught"))
                .dispatch();
        Batch good = home.batch("good")
                .add(Collections.nCopies(MEMBERS, step("member")))
                .before(step("before"))
                .progress(step("progress"))
                .then(step("then"))
                .catching(step("catch"))
                .onFinally(step("finally"))
                .dispatch();
        Batch bad = home.batch("bad")
                .add(step(FlowNodeMain.BROKEN))
                .then(step("bad-then"))
                .catching(step("bad-catch"))
                .onFinally(step("bad-finally"))
                .dispatch();

        Set<String> killed = new HashSet<>();
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
                nodes.forEach(FlowNode::ensureAlive);
                nodes.forEach(node -> killIfItBegan(node, killed));
                return runs(nodes).keySet().containsAll(Set.of("link-4", "then", "finally", "bad-catch", "bad-finally"))
                        && runs(nodes).getOrDefault("progress", Set.of()).size() >= MEMBERS
                        && client.names().stream()
                                .filter(name -> name.equals(FlowNodeMain.HOME) || name.equals(FlowNodeMain.AWAY))
                                .allMatch(name -> live(client.on(name)) == 0);
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "Not all has ended. Ran: " + runs(nodes) + ", killed in: " + killed + ", " + good + ", " + bad
                            + ", at home: "
                            + home.queue().map(queue -> queue.stats().queues()),
                    e);
        }

        Map<String, Set<String>> runs = runs(nodes);
        Map<String, Integer> pushed = new HashMap<>();
        runs.forEach((name, jobs) -> pushed.put(name, jobs.size()));
        Map<String, Integer> once = new HashMap<>(Map.of("member", MEMBERS, "progress", MEMBERS));
        Stream.of("link-1", "link-2", "link-3", "link-4", "before", "then", "finally", "bad-catch", "bad-finally")
                .forEach(name -> once.put(name, 1));
        once.put(FlowNodeMain.BROKEN, 1);
        assertThat(pushed).as("different jobs of each name").isEqualTo(once);
        assertThat(killed).hasSizeGreaterThanOrEqualTo(DEADLY.size());
        assertThat(good.refreshed().finished()).isTrue();
        assertThat(good.refreshed().processedJobs()).isEqualTo(MEMBERS);
        assertThat(good.refreshed().failedJobs()).isZero();
        assertThat(bad.refreshed().finished()).isTrue();
        assertThat(bad.refreshed().failedJobs()).isEqualTo(1);
    }

    /** Each name kills once; the node begins again, as by a supervisor. */
    private void killIfItBegan(FlowNode node, Set<String> killed) {
        Optional<String> fatal = node.news().stream()
                .filter(name -> FULL || DEADLY.contains(name))
                .filter(killed::add)
                .findFirst();
        if (fatal.isPresent()) {
            OnThreeNodes.pause(Duration.ofMillis(random.nextInt(2 * MILLIS)));
            node.kill();
            node.startAgain();
        }
    }

    private static long live(Connection connection) {
        return connection.queue().orElseThrow().store().intake().counts().stream()
                .mapToLong(counts -> counts.live())
                .sum();
    }

    /** The jobs that ran under each name. */
    private static Map<String, Set<String>> runs(List<FlowNode> nodes) {
        Map<String, Set<String>> runs = new HashMap<>();
        for (FlowNode node : nodes) {
            for (String line : node.lines()) {
                String[] words = line.split(" ", 2);
                runs.computeIfAbsent(words[0], first -> new HashSet<>()).add(words[1]);
            }
        }
        return runs;
    }

    private static FlowStep step(String name) {
        return new FlowStep(name, MILLIS);
    }

    /** One node over all its lives. */
    private static final class FlowNode implements AutoCloseable {
        private static final Duration LONG = Duration.ofSeconds(60);
        private static final int MOST_LIVES = 10;

        private final Path lines;
        private final Path log;
        private final List<String> arguments = new ArrayList<>();
        private JavaProcess process;
        private int seen;

        FlowNode(String name, Path folder, Map<String, String> settings) {
            this.lines = folder.resolve(name + ".lines");
            this.log = folder.resolve(name + ".log");
            arguments.add(lines.toString());
            arguments.add("muster.node-id=" + name);
            settings.forEach((setting, value) -> arguments.add(setting + "=" + value));
            this.process = launch();
        }

        private JavaProcess launch() {
            return JavaProcess.start(JavaCommand.of(FlowNodeMain.class.getName(), arguments.toArray(String[]::new))
                    .withJvmOptions("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                    .withLog(log));
        }

        /** One whose server did not answer in time, on a busy machine, is started again as a supervisor would. */
        void awaitReady() {
            boolean ready = process.awaitLine(FlowNodeMain.READY::equals, LONG).isPresent();
            for (int lives = 1; lives < MOST_LIVES && !ready; lives++) {
                ensureAlive();
                ready = process.awaitLine(FlowNodeMain.READY::equals, LONG).isPresent();
            }
            assertThat(ready).as("start of %s", log).isTrue();
        }

        void ensureAlive() {
            if (!process.isAlive()) {
                startAgain();
            }
        }

        void kill() {
            process.kill();
        }

        void startAgain() {
            process = launch();
        }

        List<String> lines() {
            try {
                return Files.exists(lines) ? Files.readAllLines(lines) : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Names of what began since the last look. */
        List<String> news() {
            List<String> all = lines();
            List<String> news = all.subList(seen, all.size());
            seen = all.size();
            return news.stream().map(line -> line.split(" ", 2)[0]).toList();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
