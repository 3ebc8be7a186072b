package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A master with its replicas and the three Sentinels that watch it under the name {@value #MASTER}. They notice a silent
 * master after one and a half seconds and replace it within about two seconds more. The Sentinels have no password.
 */
public final class RedisSentinelServers implements AutoCloseable {

    public static final String MASTER = "main";

    private static final int SENTINELS = 3;
    private static final int QUORUM = 2;
    /** More than there are. */
    private static final int NOBODYS_QUORUM = SENTINELS + 1;

    /**
     * Since Redis 7, refused before: times for what otherwise happens every one, two or ten seconds. A replica of which no
     * news came in five pings is not promoted, and there is news every second once the master is down. A Sentinel
     * that a busy machine held up for two seconds does nothing for this long, half a minute otherwise.
     */
    private static final String FASTER =
            "SENTINEL DEBUG PING-PERIOD 400 INFO-PERIOD 500 PUBLISH-PERIOD 500 TILT-PERIOD 2000";

    /**
     * Longer than the time between two pings, which is a second at most: after it has switched to another master a Sentinel
     * counts from the switch, and would have it for dead before the answer to its first ping.
     */
    private static final int SILENT_MILLIS = 1_500;

    /** For the last of the Sentinels: three that notice at once all vote for themselves, and try again seconds later. */
    private static final int LAST_SILENT_MILLIS = 4_000;

    private final RedisServerGroup group;
    private final List<LocalServer> servers = new ArrayList<>();
    private final List<LocalServer> sentinels = new ArrayList<>();

    private RedisSentinelServers(RedisServerGroup group) {
        this.group = group;
    }

    /**
     * Starts the servers with these options and returns when every Sentinel knows all the others.
     *
     * @return empty if there is no Redis on this machine, which is then noted (see {@link SkippedServers})
     * @throws ServerStartException if one of them does not start
     * @throws IllegalStateException if they do not find each other in half a minute
     */
    public static Optional<RedisSentinelServers> tryStart(int replicas, ServerOptions options) {
        return RedisServerGroup.tryStart(options, group -> {
            RedisSentinelServers all = new RedisSentinelServers(group);
            all.start(replicas, options);
            return all;
        });
    }

    private void start(int replicas, ServerOptions options) throws IOException {
        servers.addAll(group.start(1, "--repl-diskless-sync-delay", "0"));
        String port = Integer.toString(servers.get(0).port());
        servers.addAll(group.start(replicas, "--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1", port));
        RedisServerGroup.await(
                "replicas follow their master", () -> servers.stream().skip(1).allMatch(replica -> isLinked(replica)));
        sentinels.addAll(group.start(SENTINELS, ServerOptions.forTests().withExtraArguments(RedisDialect.SENTINEL)));
        for (LocalServer sentinel : sentinels) {
            RedisExchange.ask(sentinel, FASTER);
            boolean isLast = sentinel == sentinels.get(SENTINELS - 1);
            RedisExchange.tell(sentinel, "SENTINEL MONITOR " + MASTER + " 127.0.0.1 " + port + " " + QUORUM);
            watch(sentinel, isLast ? LAST_SILENT_MILLIS : SILENT_MILLIS, options.secret());
        }
        RedisServerGroup.await("Sentinels find each other", () -> sentinels.stream()
                .allMatch(sentinel -> knowsAll(sentinel, replicas)));
    }

    private static void watch(LocalServer sentinel, int silentMillis, String secret) throws IOException {
        RedisExchange.tell(sentinel, "SENTINEL SET " + MASTER + " down-after-milliseconds " + silentMillis);
        RedisExchange.tell(sentinel, "SENTINEL SET " + MASTER + " failover-timeout 2000");
        if (!secret.isEmpty()) {
            RedisExchange.tell(sentinel, "SENTINEL SET " + MASTER + " auth-pass \"" + secret + "\"");
        }
    }

    /** The address for clients: {@code redis-sentinel://[:password@]host:port,…/0?master=main}. */
    public String uri() {
        return "redis-sentinel://" + group.authority(sentinels) + "/0?master=" + MASTER;
    }

    /**
     * Has the Sentinels tell clients of another address of the master, such as that of a proxy, for which they never put that of another.
     *
     * @return the name under which they tell of the master at this port of 127.0.0.1
     */
    public String masterAt(int port) {
        String name = MASTER + "-" + port;
        String known = "SENTINEL GET-MASTER-ADDR-BY-NAME " + name;
        try {
            for (LocalServer sentinel : sentinels) {
                if (!RedisExchange.says(sentinel, known, Integer.toString(port))) {
                    RedisExchange.tell(
                            sentinel, "SENTINEL MONITOR " + name + " 127.0.0.1 " + port + " " + NOBODYS_QUORUM);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("the Sentinels do not watch port " + port, failed);
        }
        return name;
    }

    /** The first master and its replicas, in the order in which they were started. */
    public List<LocalServer> servers() {
        return List.copyOf(servers);
    }

    public List<LocalServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /** The server that the Sentinels have for the master. */
    public LocalServer master() {
        LocalServer sentinel = RedisServerGroup.running(sentinels).get(0);
        return servers.stream()
                .filter(server -> isMaster(server, sentinel))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the Sentinels know of no master"));
    }

    /**
     * Kills the master and returns when all Sentinels that run have agreed on another one and it takes writes.
     *
     * @return the killed one; after {@link LocalServer#restart()} the Sentinels make it a replica, some seconds later
     * @throws IllegalStateException if no other takes its place in half a minute
     */
    public LocalServer failOver() {
        LocalServer former = master();
        former.kill();
        RedisServerGroup.await("a replica takes the place of its master", this::hasMaster);
        return former;
    }

    /** Kills and closes all of them. */
    @Override
    public void close() {
        group.close();
    }

    private boolean hasMaster() {
        List<LocalServer> watching = RedisServerGroup.running(sentinels);
        return RedisServerGroup.running(servers).stream()
                .anyMatch(server -> watching.stream().allMatch(sentinel -> isMaster(server, sentinel))
                        && RedisExchange.says(server, "INFO replication", "role:master"));
    }

    private static boolean isMaster(LocalServer server, LocalServer sentinel) {
        return RedisExchange.says(
                sentinel, "SENTINEL GET-MASTER-ADDR-BY-NAME " + MASTER, Integer.toString(server.port()));
    }

    static boolean isLinked(LocalServer replica) {
        return RedisExchange.says(replica, "INFO replication", "master_link_status:up");
    }

    /** Its line about the master ends with the number of replicas and of Sentinels, itself included. */
    private static boolean knowsAll(LocalServer sentinel, int replicas) {
        try {
            return RedisExchange.ask(sentinel, "INFO sentinel").stream()
                    .anyMatch(line -> line.startsWith("master0:name=" + MASTER + ",status=ok,")
                            && line.endsWith(",slaves=" + replicas + ",sentinels=" + SENTINELS));
        } catch (IOException silent) {
            return false;
        }
    }
}
