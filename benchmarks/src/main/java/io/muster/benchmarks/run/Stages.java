package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Measure;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Sets up each store: starts its servers, says who works on it and what its ceiling is. */
public final class Stages {
    /** What Redis queues are usually run with: at most a second of acknowledged jobs is lost with the machine. */
    private static final String[] EVERY_SECOND = {"--appendonly", "yes", "--appendfsync", "everysec"};

    private static final Duration ZOOKEEPER_TICK = Duration.ofSeconds(1);
    private static final int MANY = 400_000;
    /** What drains of some seconds need; the cluster store keeps 100,000 at most, see its size budget. */
    private static final int CLUSTER_STORE_JOBS = 30_000;

    private static final Map<Measure, String> DRAIN_ONLY = Map.of(Measure.DRAIN, "drain");

    private final JavaChildren java;
    private final Path scratch;
    private final Optional<NodePeer> bullmq;
    private final Optional<RubyPeer> sidekiq;

    public Stages(Path scratch, Path cache) {
        this.scratch = scratch;
        this.java = new JavaChildren(scratch);
        this.bullmq = NodePeer.find(cache, scratch);
        this.sidekiq = RubyPeer.find(cache, scratch);
    }

    /** Empty if it cannot be had on this machine; why is noted. */
    Optional<Stage> open(String store, Selection selection, Consumer<String> note) {
        Deque<LocalServer> closing = new ArrayDeque<>();
        return switch (store) {
            case "memory" -> Optional.of(memory());
            case "redis" -> redis(selection, note, closing);
            case "postgresql" -> postgresql(selection, note, closing);
            default -> coordinator(store, note, closing);
        };
    }

    private Stage memory() {
        Contender muster = new Contender(
                "muster",
                name -> {
                    throw new BenchException("the memory store has one process");
                },
                java.musterWorkers(
                        "both", "memory", Map.of("cluster", "local:", "store", "memory:bench?maxJobs=1000000")),
                MANY,
                Contender.Traits.OURS_ALONE);
        return new Stage("memory", List.of(), Optional.empty(), Map.of(), List.of(), List.of(muster), List.of());
    }

    private Optional<Stage> redis(Selection selection, Consumer<String> note, Deque<LocalServer> closing) {
        Optional<LocalServer> started = start(ServerKind.REDIS, redisOptions(), note, closing);
        if (started.isEmpty()) {
            return Optional.empty();
        }
        LocalServer server = started.get();
        String uri = server.uri().toString();
        List<Contender> contenders = new ArrayList<>();
        if (selection.system("muster")) {
            contenders.add(muster("redis", Map.of("cluster", uri, "store", uri), MANY));
        }
        if (selection.system("bullmq")) {
            bullmq.ifPresentOrElse(
                    peer -> contenders.add(peer.on(server.host(), server.port())),
                    () -> note.accept("BullMQ is left out: there is no node and npm on this machine"));
        }
        if (selection.system("sidekiq")) {
            sidekiq.ifPresentOrElse(
                    peer -> contenders.add(peer.on(server.host(), server.port())),
                    () -> note.accept("Sidekiq is left out: there is no ruby and gem on this machine"));
        }
        return Optional.of(new Stage(
                "redis",
                List.of(server.pid()),
                ceiling("redis", Map.of("redis", uri)),
                Map.of(
                        Measure.PUSH_ONE, "one",
                        Measure.PUSH_BULK, "bulk",
                        Measure.DRAIN, "drain",
                        Measure.LATENCY_P99, "latency"),
                List.of(),
                contenders,
                List.copyOf(closing)));
    }

    private static ServerOptions redisOptions() {
        return ServerOptions.likeProduction().withExtraArguments(EVERY_SECOND);
    }

    /** As it is installed, but for room for the pools of all who are measured. */
    private static ServerOptions postgresOptions() {
        return ServerOptions.likeProduction().withExtraArguments("-c", "max_connections=250");
    }

    /** PostgreSQL; the coordinator beside it is a Redis. */
    private Optional<Stage> postgresql(Selection selection, Consumer<String> note, Deque<LocalServer> closing) {
        Optional<LocalServer> started = start(ServerKind.POSTGRES, postgresOptions(), note, closing);
        if (started.isEmpty()) {
            return Optional.empty();
        }
        LocalServer server = started.get();
        URI uri = server.uri();
        String user = Optional.ofNullable(uri.getUserInfo()).orElse("postgres");
        Map<String, String> jdbc = Map.of(
                "jdbc", "jdbc:postgresql://" + server.host() + ":" + server.port() + uri.getPath(), "user", user);
        List<Contender> contenders = new ArrayList<>();
        if (selection.system("muster")) {
            Optional<LocalServer> redis = start(ServerKind.REDIS, redisOptions(), note, closing);
            redis.ifPresent(coordinator -> contenders.add(muster(
                    "postgresql", Map.of("cluster", coordinator.uri().toString(), "store", uri.toString()), MANY)));
        }
        if (selection.system("db-scheduler")) {
            contenders.add(peer("db-scheduler", jdbc));
        }
        if (selection.system("jobrunr")) {
            contenders.add(peer("jobrunr", jdbc));
        }
        List<Yardstick> yardsticks = new ArrayList<>();
        if (selection.system("pgbench")) {
            PgBench.find(server, user, scratch)
                    .ifPresentOrElse(
                            pgbench -> yardsticks.add(pgbench.yardstick()),
                            () -> note.accept("pgbench is left out: it did not come with this PostgreSQL"));
        }
        return Optional.of(new Stage(
                "postgresql",
                List.of(server.pid()),
                ceiling("postgresql", jdbc),
                Map.of(
                        Measure.PUSH_ONE, "one",
                        Measure.PUSH_CALLERS, "callers",
                        Measure.PUSH_BULK, "bulk",
                        Measure.DRAIN, "drain",
                        Measure.LATENCY_P99, "latency"),
                yardsticks,
                contenders,
                List.copyOf(closing)));
    }

    private Optional<Stage> coordinator(String name, Consumer<String> note, Deque<LocalServer> closing) {
        ServerKind kind = ServerKind.valueOf(name.toUpperCase(Locale.ROOT));
        ServerOptions options = kind == ServerKind.ZOOKEEPER
                ? ServerOptions.likeProduction().withTick(ZOOKEEPER_TICK)
                : ServerOptions.likeProduction();
        return start(kind, options, note, closing).map(server -> {
            Map<String, String> cluster = Map.of("cluster", server.uri().toString());
            Map<String, String> ceiling = Map.of("cluster", server.uri().toString(), "namespace", "ceiling");
            return new Stage(
                    name,
                    List.of(server.pid()),
                    ceiling("fenced", ceiling),
                    DRAIN_ONLY,
                    List.of(),
                    List.of(muster(name, cluster, CLUSTER_STORE_JOBS)),
                    List.copyOf(closing));
        });
    }

    private Contender muster(String store, Map<String, String> settings, int mostJobs) {
        return new Contender(
                "muster",
                java.musterProducer(store, settings),
                java.musterWorkers("worker", store, settings),
                mostJobs,
                Contender.Traits.OURS);
    }

    private Contender peer(String system, Map<String, String> settings) {
        return new Contender(
                system,
                java.peerProducer(system, settings),
                java.peerWorkers(system, settings),
                MANY,
                Contender.Traits.PEER);
    }

    private Optional<Supplier<Child>> ceiling(String kind, Map<String, String> settings) {
        return Optional.of(() -> java.ceiling(kind, settings));
    }

    private Optional<LocalServer> start(
            ServerKind kind, ServerOptions options, Consumer<String> note, Deque<LocalServer> closing) {
        Optional<LocalServer> server = LocalServer.tryStart(kind, options);
        server.ifPresentOrElse(
                closing::add, () -> note.accept(kind.id() + " is left out: there is no such server on this machine"));
        return server;
    }

    Path scratch() {
        return scratch;
    }
}
