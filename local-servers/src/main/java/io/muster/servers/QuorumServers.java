package io.muster.servers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Three servers of etcd, Consul or ZooKeeper that agree by majority, one of them their leader. */
public final class QuorumServers implements AutoCloseable {

    private static final int COUNT = 3;

    /** Of etcd, Consul and ZooKeeper on a machine that does other things too. */
    private static final Duration TICK = Duration.ofSeconds(1);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<LocalServer> servers;

    private QuorumServers(List<LocalServer> servers) {
        this.servers = servers;
    }

    /**
     * Starts them on free ports and returns when all answer.
     *
     * @return empty if there is no such server on this machine, which is then noted (see {@link SkippedServers})
     * @throws IllegalArgumentException servers of this kind do not agree by majority
     * @throws ServerStartException they do not become ready in a minute
     */
    public static Optional<QuorumServers> tryStart(ServerKind kind) {
        ServerEnvironment environment = ServerEnvironment.ofThisProcess();
        if (new ServerBinaries(environment).locate(kind) instanceof ServerBinary.Missing missing) {
            SkippedServers.note(kind.id(), missing.reason());
            return Optional.empty();
        }
        List<Integer> first = FreePorts.next(COUNT);
        List<Integer> second = FreePorts.next(COUNT);
        List<CompletableFuture<LocalServer>> starting = IntStream.range(0, COUNT)
                .mapToObj(i -> arguments(kind, i, first, second))
                .map(arguments -> ServerOptions.forTests().withTick(TICK).withExtraArguments(arguments))
                .map(options -> start(kind, options))
                .toList();
        List<LocalServer> started = new ArrayList<>();
        try {
            starting.forEach(one -> started.add(one.join()));
            return Optional.of(new QuorumServers(List.copyOf(started)));
        } finally {
            if (started.size() < COUNT) {
                starting.forEach(one -> one.cancel(false));
                starting.stream().filter(one -> !one.isCompletedExceptionally()).forEach(one -> one.join()
                        .close());
            }
        }
    }

    /** Each in a thread of its own, since none is ready before most are there. */
    private static CompletableFuture<LocalServer> start(ServerKind kind, ServerOptions options) {
        CompletableFuture<LocalServer> started = new CompletableFuture<>();
        DaemonThreads.start("start-" + kind.id(), () -> {
            try {
                LocalServer server = LocalServer.start(kind, options);
                if (!started.complete(server)) {
                    server.close();
                }
            } catch (RuntimeException failed) {
                started.completeExceptionally(failed);
            }
        });
        return started;
    }

    private static String[] arguments(ServerKind kind, int index, List<Integer> first, List<Integer> second) {
        return switch (kind) {
            case ETCD -> etcd(index, first);
            case CONSUL -> consul(index, first, second);
            case ZOOKEEPER -> zooKeeper(index, first, second);
            default -> throw new IllegalArgumentException(kind + " does not agree by majority");
        };
    }

    private static String[] etcd(int index, List<Integer> peers) {
        List<String> members = IntStream.range(0, COUNT)
                .mapToObj(i -> "n" + i + "=http://127.0.0.1:" + peers.get(i))
                .toList();
        String own = "http://127.0.0.1:" + peers.get(index);
        return new String[] {
            "--name",
            "n" + index,
            "--listen-peer-urls",
            own,
            "--initial-advertise-peer-urls",
            own,
            "--initial-cluster",
            String.join(",", members)
        };
    }

    private static String[] consul(int index, List<Integer> raft, List<Integer> gossip) {
        List<String> others =
                gossip.stream().map(port -> "\"127.0.0.1:" + port + "\"").toList();
        String configuration = "node_name = \"n" + index + "\" bootstrap_expect = " + COUNT + " ports { server = "
                + raft.get(index) + " serf_lan = " + gossip.get(index) + " } retry_join = [" + String.join(", ", others)
                + "] retry_interval = \"200ms\"";
        return new String[] {"-hcl", configuration};
    }

    private static String[] zooKeeper(int index, List<Integer> peers, List<Integer> elections) {
        List<String> lines = new ArrayList<>(List.of("initLimit=10", "syncLimit=5"));
        lines.add(ZooKeeperDialect.MY_ID + (index + 1));
        for (int i = 0; i < COUNT; i++) {
            lines.add(ZooKeeperDialect.MEMBER + (i + 1) + "=127.0.0.1:" + peers.get(i) + ":" + elections.get(i));
        }
        return lines.toArray(String[]::new);
    }

    /** All three, in the order of their start. */
    public List<LocalServer> all() {
        return servers;
    }

    /** The one that leads now, as it says itself; waits for one to be elected. */
    public LocalServer leader() {
        awaitTrue("one of them leads", () -> servers.stream().anyMatch(QuorumServers::leads));
        return servers.stream().filter(QuorumServers::leads).findFirst().orElseGet(() -> servers.get(0));
    }

    private static boolean leads(LocalServer server) {
        return server.isRunning() && server.leads();
    }

    /** Waits until the others answer without this one: they have elected another leader, if it led. */
    public void awaitAnswer(LocalServer missing) {
        awaitTrue(
                "the others answer",
                () -> servers.stream().filter(server -> server != missing).allMatch(LocalServer::isReady));
    }

    /** Starts, thaws and awaits all of them. */
    public void ensureRunning() {
        servers.stream().filter(LocalServer::isRunning).forEach(LocalServer::thaw);
        List<CompletableFuture<Boolean>> restarted = servers.stream()
                .filter(server -> !server.isRunning())
                .map(QuorumServers::restart)
                .toList();
        restarted.forEach(CompletableFuture::join);
        awaitTrue("all of them answer", () -> servers.stream().allMatch(LocalServer::isReady));
    }

    private static CompletableFuture<Boolean> restart(LocalServer server) {
        CompletableFuture<Boolean> restarted = new CompletableFuture<>();
        DaemonThreads.start("restart-" + server.port(), () -> {
            try {
                server.restart();
                restarted.complete(true);
            } catch (RuntimeException failed) {
                restarted.completeExceptionally(failed);
            }
        });
        return restarted;
    }

    private static void awaitTrue(String what, BooleanSupplier condition) {
        if (!Await.until(LIMIT, condition)) {
            throw new IllegalStateException(what + ": not within " + LIMIT);
        }
    }

    /** Kills all and removes their data. */
    @Override
    public void close() {
        servers.forEach(LocalServer::close);
    }
}
