package io.muster.cluster.redis;

import static io.muster.cluster.redis.Primitives.bytes;
import static io.muster.cluster.redis.Primitives.commit;
import static io.muster.cluster.redis.Primitives.soon;
import static io.muster.cluster.redis.Primitives.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several servers: a Cluster, and a master with a replica under Sentinel. */
@Tag("C6")
class RedisTopologyTest {
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void everyNamespaceIsFoundAtTheNodeThatHoldsItsSlot() {
        List<LocalServer> nodes = cluster();
        RedisConfig config = RedisConfig.cluster(
                nodes.stream().map(RedisTopologyTest::address).toList());
        Key key = new Key("d", "k");

        for (int i = 0; i < 6; i++) {
            String namespace = "n" + i;
            Backend backend = open(config, namespace);
            Set<String> seen = watched(open(config, namespace), "d");
            BackendSession session = backend.openSession(Duration.ofSeconds(2), soon());
            commit(backend, Write.bind(key, bytes("x"), session));
            await().until(() -> seen.contains("k"));
            session.end(soon());
            await().until(seen::isEmpty);
        }

        assertThat(nodes).allSatisfy(node -> assertThat(size(node)).isPositive());
    }

    @Test
    void aNodeOfAClusterThatIsAddressedAsAServerIsSaidToBeOne() {
        List<LocalServer> nodes = cluster();

        assertThat(nodes).anySatisfy(node -> assertThatThrownBy(() -> open(RedisConfig.at(address(node)), "n0"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("redis-cluster://"));
    }

    @Test
    void aFrozenMasterIsLeftForTheOneThatSentinelPromotes() {
        RedisSentinelServers servers = sentinels();
        LocalServer master = servers.servers().get(0);
        LocalServer replica = servers.servers().get(1);
        Backend backend = open(
                RedisConfig.sentinel(
                        RedisSentinelServers.MASTER,
                        servers.sentinels().stream()
                                .map(RedisTopologyTest::address)
                                .toList()),
                "shop");
        Set<String> seen = watched(backend, "d");
        Committed before = commit(backend, Write.put(new Key("d", "before"), bytes("x")));
        await().until(() -> seen.contains("before"));
        await().until(() -> size(replica) == size(master));

        master.freeze();
        Committed after = eventuallyCommitted(backend, new Key("d", "after"));
        await().atMost(Duration.ofSeconds(10)).until(() -> seen.contains("after"));
        master.thaw();
        Committed last = eventuallyCommitted(backend, new Key("d", "last"));

        assertThat(after.revision()).isGreaterThan(before.revision());
        assertThat(last.revision()).isGreaterThan(after.revision());
        assertThat(backend.read(new Key("d", "before"), soon())).isPresent();
        assertThat(info(replica)).contains("role:master");
        assertThat(backend.capabilities().minimumSessionLife()).isFalse();
    }

    private static Committed eventuallyCommitted(Backend backend, Key key) {
        return await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(ClusterException.class)
                .until(
                        () -> (Committed) backend.commit(
                                Transaction.builder()
                                        .write(Write.put(key, bytes("x")))
                                        .build(),
                                within(500)),
                        committed -> true);
    }

    private static Set<String> watched(Backend backend, String directory) {
        Set<String> names = ConcurrentHashMap.newKeySet();
        backend.watch(directory, new WatchListener() {
            @Override
            public void onSnapshot(List<Entry> children) {
                names.clear();
                children.forEach(entry -> names.add(entry.key().name()));
            }

            @Override
            public void onChanges(List<Change> changes) {
                for (Change change : changes) {
                    if (change.entry().isPresent()) {
                        names.add(change.key().name());
                    } else {
                        names.remove(change.key().name());
                    }
                }
            }
        });
        return names;
    }

    private List<LocalServer> cluster() {
        RedisClusterServers cluster = RedisClusterServers.tryStart(0, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis server"));
        opened.add(cluster);
        return cluster.nodes();
    }

    private RedisSentinelServers sentinels() {
        RedisSentinelServers servers = RedisSentinelServers.tryStart(1, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis server"));
        opened.add(servers);
        return servers;
    }

    private Backend open(RedisConfig config, String namespace) {
        Backend backend = config.open(namespace, SystemTimeline.instance());
        opened.add(0, backend);
        return backend;
    }

    private static String address(LocalServer server) {
        return server.host() + ":" + server.port();
    }

    private static String info(LocalServer server) {
        return ask(server, RedisCommands::info);
    }

    private static long size(LocalServer server) {
        return ask(server, RedisCommands::dbsize);
    }

    private static <T> T ask(LocalServer server, Function<RedisCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create("redis://" + address(server));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }
}
