package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several Redis servers that belong together. */
final class RedisTopologiesTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int SLOT_OF_KEY = 12_539;

    @Test
    void sentinelsReplaceAKilledMasterAndTakeItBackAsAReplica() throws Exception {
        ServerOptions options = ServerOptions.forTests().withSecret("sesame");
        try (RedisSentinelServers servers =
                RedisSentinelServers.tryStart(1, options).orElseGet(() -> abort("no redis here"))) {
            LocalServer first = servers.master();
            assertThat(servers.uri()).matches("redis-sentinel://:sesame@(127\\.0\\.0\\.1:\\d+,?){3}/0\\?master=main");
            RedisExchange.tell(first, "SET kept before");
            RedisExchange.tell(first, "WAIT 1 2000");

            LocalServer killed = servers.failOver();

            LocalServer second = servers.master();
            assertThat(killed).isSameAs(first).isNotSameAs(second);
            assertThat(killed.isRunning()).isFalse();
            assertThat(RedisExchange.ask(second, "GET kept")).contains("before");
            RedisExchange.tell(second, "SET kept after");
            killed.restart();
            // Not ask: a Sentinel cuts all connections of the server that it makes a replica.
            await().atMost(LIMIT).until(() -> RedisExchange.says(killed, "GET kept", "after"));
            assertThat(RedisExchange.ask(killed, "INFO replication")).contains("role:slave");
        }
    }

    @Test
    void whoIsStartedAgainKnowsTheNewMaster() {
        ServerOptions options = ServerOptions.forTests().withSecret("sesame");
        try (RedisSentinelServers servers =
                RedisSentinelServers.tryStart(1, options).orElseGet(() -> abort("no redis here"))) {
            LocalServer former = servers.failOver();
            LocalServer master = servers.master();

            servers.sentinels().get(0).restart();
            master.restart();

            assertThat(servers.master()).isSameAs(master).isNotSameAs(former);
            assertThat(master.leads()).isTrue();
        }
    }

    @Test
    void aClusterOfMastersServesAllSlotsFromTheirOwners() throws Exception {
        try (RedisClusterServers cluster =
                RedisClusterServers.tryStart(0, ServerOptions.forTests()).orElseGet(() -> abort("no redis here"))) {
            List<LocalServer> nodes = cluster.nodes();

            assertThat(nodes).hasSize(3);
            assertThat(cluster.uri()).matches("redis-cluster://(127\\.0\\.0\\.1:\\d+,?){3}");
            assertThat(List.of(cluster.masterOf(0), cluster.masterOf(8_192), cluster.masterOf(16_383)))
                    .containsExactlyElementsOf(nodes);
            RedisExchange.tell(cluster.masterOf(SLOT_OF_KEY), "SET key value");
            assertThat(RedisExchange.ask(nodes.get(0), "GET key"))
                    .contains("-MOVED 12539 127.0.0.1:"
                            + cluster.masterOf(SLOT_OF_KEY).port());
        }
    }

    @Test
    void aReplicaTakesThePlaceOfAKilledMasterOfTheCluster() throws Exception {
        ServerOptions options = ServerOptions.forTests().withSecret("sesame");
        try (RedisClusterServers cluster =
                RedisClusterServers.tryStart(1, options).orElseGet(() -> abort("no redis here"))) {
            RedisExchange.tell(cluster.masterOf(SLOT_OF_KEY), "SET key value");
            RedisExchange.tell(cluster.masterOf(SLOT_OF_KEY), "WAIT 1 2000");

            LocalServer killed = cluster.failOver(SLOT_OF_KEY);

            assertThat(cluster.masterOf(SLOT_OF_KEY)).isNotSameAs(killed);
            assertThat(cluster.masterOf("key")).hasValue(cluster.masterOf(SLOT_OF_KEY));
            assertThat(RedisExchange.ask(cluster.masterOf(SLOT_OF_KEY), "GET key"))
                    .contains("value");
            killed.restart();
            await().atMost(LIMIT)
                    .until(() -> RedisExchange.ask(killed, "INFO replication").contains("role:slave"));
        }
    }
}
