package io.muster.servers;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Redis Cluster of three masters, with replicas or without. A node that is silent for two seconds counts as failed. */
public final class RedisClusterServers implements AutoCloseable {

    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;

    /** A line about a node: id, address, flags, its master, two times, epoch, link, then its slots. */
    private static final int FLAGS = 2;

    private static final int FIRST_SLOTS = 8;

    private final RedisServerGroup group;
    private final List<LocalServer> nodes;

    private RedisClusterServers(RedisServerGroup group, List<LocalServer> nodes) {
        this.group = group;
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Starts three masters and so many replicas of each, and returns when all of them serve all slots.
     *
     * @return empty if there is no Redis on this machine, which is then noted (see {@link SkippedServers})
     * @throws ServerStartException if one of them does not start
     * @throws IllegalStateException if they do not find each other in half a minute
     */
    public static Optional<RedisClusterServers> tryStart(int replicasOfEach, ServerOptions options) {
        return RedisServerGroup.tryStart(options, group -> {
            List<LocalServer> nodes = group.start(
                    MASTERS * (1 + replicasOfEach),
                    "--cluster-enabled",
                    "yes",
                    "--cluster-node-timeout",
                    "2000",
                    "--repl-diskless-sync-delay",
                    "0");
            RedisClusterServers cluster = new RedisClusterServers(group, nodes);
            cluster.join();
            return cluster;
        });
    }

    private void join() throws IOException {
        LocalServer first = nodes.get(0);
        for (int i = 0; i < nodes.size(); i++) {
            if (i < MASTERS) {
                RedisExchange.tell(nodes.get(i), "CLUSTER ADDSLOTS " + slotsOf(i));
            }
            RedisExchange.tell(nodes.get(i), "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
        }
        for (LocalServer other : nodes.subList(1, nodes.size())) {
            RedisExchange.tell(first, "CLUSTER MEET 127.0.0.1 " + other.port());
        }
        RedisServerGroup.await("nodes meet", () -> allSay("cluster_known_nodes:" + nodes.size()));
        for (int i = MASTERS; i < nodes.size(); i++) {
            String master = RedisExchange.ask(nodes.get(i % MASTERS), "CLUSTER MYID").stream()
                    .filter(line -> line.matches("[0-9a-f]{40}"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("a node did not tell its id"));
            RedisExchange.tell(nodes.get(i), "CLUSTER REPLICATE " + master);
        }
        RedisServerGroup.await("nodes serve all slots", this::isHealthy);
        RedisServerGroup.await(
                "replicas follow their masters",
                () -> nodes.stream().skip(MASTERS).allMatch(RedisSentinelServers::isLinked));
    }

    private static String slotsOf(int master) {
        return IntStream.range(SLOTS * master / MASTERS, SLOTS * (master + 1) / MASTERS)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(" "));
    }

    /** The address for clients: {@code redis-cluster://[:password@]host:port,…}. */
    public String uri() {
        return "redis-cluster://" + group.authority(nodes);
    }

    /** The three that began as masters, then their replicas: the fourth is one of the first, and so on. */
    public List<LocalServer> nodes() {
        return nodes;
    }

    /**
     * The master that serves a slot, as far as a node that runs knows.
     *
     * @param slot 0 to 16383
     */
    public LocalServer masterOf(int slot) {
        LocalServer asked = RedisServerGroup.running(nodes).get(0);
        return masterOf(slot, asked).orElseThrow(() -> new IllegalStateException("nobody serves slot " + slot));
    }

    /** The master that has this key, as far as the nodes that run know; empty if none of them tells. */
    public Optional<LocalServer> masterOf(String key) {
        return RedisServerGroup.running(nodes).stream()
                .flatMap(asked -> slotOf(key, asked).stream().flatMap(slot -> masterOf(slot, asked).stream()))
                .findFirst();
    }

    private static Optional<Integer> slotOf(String key, LocalServer asked) {
        try {
            return RedisExchange.ask(asked, "CLUSTER KEYSLOT " + key).stream()
                    .filter(line -> line.startsWith(":"))
                    .map(line -> Integer.valueOf(line.substring(1)))
                    .findFirst();
        } catch (IOException silent) {
            return Optional.empty();
        }
    }

    /**
     * Kills the master of a slot and returns when a replica has taken its place on all nodes that run.
     *
     * @return the killed one; {@link LocalServer#restart()} makes it a replica
     * @throws IllegalStateException if none takes its place in half a minute, for example because it has none
     */
    public LocalServer failOver(int slot) {
        LocalServer former = masterOf(slot);
        former.kill();
        RedisServerGroup.await(
                "a replica takes the place of its master",
                () -> isHealthy()
                        && RedisServerGroup.running(nodes).stream().allMatch(node -> masterOf(slot, node)
                                .filter(LocalServer::isRunning)
                                .isPresent()));
        return former;
    }

    /** Thaws who is frozen and starts who is gone, and returns when all of them serve all slots. */
    public void ensureRunning() {
        nodes.forEach(LocalServer::ensureRunning);
        RedisServerGroup.await("nodes serve all slots", this::isHealthy);
    }

    /** Kills and closes all of them. */
    @Override
    public void close() {
        group.close();
    }

    private boolean isHealthy() {
        return allSay("cluster_state:ok") && allSay("cluster_slots_ok:" + SLOTS);
    }

    private boolean allSay(String line) {
        return RedisServerGroup.running(nodes).stream()
                .allMatch(node -> RedisExchange.says(node, "CLUSTER INFO", line));
    }

    private Optional<LocalServer> masterOf(int slot, LocalServer asked) {
        try {
            return RedisExchange.ask(asked, "CLUSTER NODES").stream()
                    .map(line -> line.split(" ", -1))
                    .filter(words -> words.length > FIRST_SLOTS
                            && words[FLAGS].contains("master")
                            && !words[FLAGS].contains("fail")
                            && serves(words, slot))
                    .flatMap(words -> nodes.stream().filter(node -> words[1].contains(":" + node.port() + "@")))
                    .findFirst();
        } catch (IOException silent) {
            return Optional.empty();
        }
    }

    /** Slots are listed as {@code 7} or {@code 0-5460}; in brackets those that move. */
    private static boolean serves(String[] words, int slot) {
        return Arrays.stream(words, FIRST_SLOTS, words.length)
                .filter(range -> !range.startsWith("["))
                .map(range -> range.split("-", -1))
                .anyMatch(range ->
                        Integer.parseInt(range[0]) <= slot && slot <= Integer.parseInt(range[range.length - 1]));
    }
}
