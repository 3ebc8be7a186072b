package io.muster.cluster.redis;

import static io.muster.cluster.redis.Primitives.bytes;
import static io.muster.cluster.redis.Primitives.commit;
import static io.muster.cluster.redis.Primitives.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.SystemTimeline;
import io.muster.redis.RedisAddress;
import io.muster.redis.RedisErrors;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.RedisUsers;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link RedisIndexesTest}, where keys lie on several servers, where one takes over for another, and for a user who may do only what is needed. */
@Tag("C6")
class RedisIndexesElsewhereTest {
    private static final String DIRECTORY = "jobs/high";
    private static final int ENTRIES = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void onAClusterItIsMadeAnewAtTheNodeThatHoldsTheSlot() {
        RedisClusterServers servers = RedisClusterServers.tryStart(0, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis server"));
        opened.add(servers);
        for (int i = 0; i < 6; i++) {
            String namespace = "n" + i;
            Backend backend = open(servers.uri(), namespace);
            fill(backend);
            int slot = ask(servers.nodes().get(0), redis -> redis.clusterKeyslot("{muster:" + namespace + "}"))
                    .intValue();
            spoil(servers.masterOf(slot), namespace);

            assertThatAllIsThere(backend);
        }
    }

    @Test
    void underSentinelTheReplicaThatTakesOverHasItToo() {
        RedisSentinelServers servers = RedisSentinelServers.tryStart(1, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis server"));
        opened.add(servers);
        Backend backend = open(servers.uri(), "shop");
        fill(backend);
        LocalServer master = servers.master();
        spoil(master, "shop");

        assertThatAllIsThere(backend);

        LocalServer replica = servers.servers().stream()
                .filter(server -> server != master)
                .findFirst()
                .orElseThrow();
        String index = "{muster:shop}:d:" + DIRECTORY;
        await().atMost(PATIENCE)
                .until(() ->
                        ask(replica, redis -> redis.type(index).equals("zset") && redis.zcard(index) == ENTRIES + 1));
    }

    /** Who may do no more than the error that names what is missing says. */
    @Test
    void aUserWhoMayDoNoMoreThanIsAskedForMakesItAnew() {
        LocalServer server = LocalServer.tryStart(ServerKind.REDIS, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis server"));
        opened.add(server);
        RedisErrors errors = new RedisErrors(
                RedisAddress.at("127.0.0.1:" + server.port()),
                new RedisKeys("shop", 0).accessRules(),
                ClusterFailures.INSTANCE);
        RedisUsers.restrict(server, errors.rights());
        Backend backend = open(RedisUsers.uri(server), "shop");
        assertThat(errors.rights())
                .endsWith(" ~{muster:shop}:* &{muster:shop}@*")
                .doesNotContain("@all");
        fill(backend);
        spoil(server, "shop");

        assertThatAllIsThere(backend);
    }

    private static void fill(Backend backend) {
        IntStream.range(0, ENTRIES)
                .forEach(i -> commit(backend, Write.put(new Key(DIRECTORY, "a" + (100 + i)), bytes("x"))));
    }

    private static void assertThatAllIsThere(Backend backend) {
        commit(backend, Write.put(new Key(DIRECTORY, "z"), bytes("x")));

        List<Entry> found =
                backend.list(ListRequest.first(DIRECTORY, 200), soon()).entries();
        assertThat(found).hasSize(ENTRIES + 1);
        assertThat(found.get(ENTRIES).key().name()).isEqualTo("z");
    }

    /** Among more keys of others than one run of the script looks at. */
    private static void spoil(LocalServer server, String namespace) {
        String tag = "{muster:" + namespace + "}";
        Map<String, String> others = new HashMap<>();
        IntStream.range(0, 3_000).forEach(i -> others.put(tag + "other-" + i, "x"));
        ask(server, redis -> {
            redis.mset(others);
            redis.del(tag + ":d:" + DIRECTORY);
            return redis.set(tag + ":d:" + DIRECTORY, "no index");
        });
    }

    private Backend open(String uri, String namespace) {
        RedisConfig config = (RedisConfig) new RedisClusterProvider().config(ConnectionUri.parse(uri));
        Backend backend = config.open(namespace, SystemTimeline.instance());
        opened.add(0, backend);
        return backend;
    }

    private static <T> T ask(LocalServer server, Function<RedisCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create("redis://" + server.host() + ":" + server.port());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }
}
