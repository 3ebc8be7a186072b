package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ScriptOutputType;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.RedisUsers;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link HostileTablesTest}, where keys lie on several servers, where one takes over for another, and for a user who may do only what is needed. */
@Tag("Q2")
class HostileTablesElsewhereTest extends StoreOnServer {
    private static final String TAG = "{muster-jobs:shop}";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void onAClusterTheyAreMendedAtTheNodeThatHoldsTheSlot() {
        RedisClusterServers servers = closedLater(RedisClusterServers.tryStart(0, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis on this machine")));
        int slot =
                ask(servers.nodes().get(0), redis -> redis.clusterKeyslot(TAG)).intValue();

        assertThatTheyAreMended(servers.uri(), servers.masterOf(slot));
    }

    @Test
    void underSentinelTheReplicaThatTakesOverHasThemToo() {
        RedisSentinelServers servers = closedLater(RedisSentinelServers.tryStart(1, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis on this machine")));
        LocalServer master = servers.master();

        assertThatTheyAreMended(servers.uri(), master);

        LocalServer replica = servers.servers().stream()
                .filter(server -> server != master)
                .findFirst()
                .orElseThrow();
        await().atMost(PATIENCE)
                .until(() -> ask(
                        replica,
                        redis -> redis.type(TAG + ":incarnations").equals("hash")
                                && redis.type(TAG + ":jobs").equals("hash")));
    }

    /** Who may do no more than the error that names what is missing says. */
    @Test
    void aUserWhoMayDoNoMoreThanIsAskedForMendsThem() {
        LocalServer server = server(ServerOptions.forTests());
        RedisUsers.restrict(server, rights(server));

        assertThatTheyAreMended(RedisUsers.uri(server), server);
    }

    /** Nodes that are passed over would come back as others, and what they hold would run again. */
    @Test
    void aCursorOfAnotherServerIsNotGoneOnWith() {
        LocalServer server = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        store.intake().push(jobs("job", 20));
        for (int i = 0; i < 20; i++) {
            admit(store, "n" + i);
            assertThat(assign(store, "n" + i, 1)).isEqualTo(1);
        }
        spoil(server, "incarnations");
        String cursor = mend(server, "0");
        assertThat(cursor).contains("@");
        ask(server, redis -> redis.del(TAG + ":rebuilt:incarnations"));

        cursor = mend(server, cursor.split("@", 2)[0] + "@0123456789");
        while (!cursor.equals("0")) {
            cursor = mend(server, cursor);
        }

        assertThat(store.leader().incarnations().stream()
                        .map(IncarnationRecord::incarnation)
                        .collect(Collectors.toSet()))
                .hasSize(20);
    }

    private static String mend(LocalServer server, String cursor) {
        return ask(
                server,
                redis -> String.valueOf(redis.<List<?>>eval(
                                StoreScripts.MEND.text(),
                                ScriptOutputType.MULTI,
                                new String[] {TAG + ":writes"},
                                TAG,
                                TAG + "@0",
                                cursor)
                        .get(0)));
    }

    private void assertThatTheyAreMended(String uri, LocalServer holder) {
        RedisStore store =
                open(RedisEnvironment.config(uri).withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20)));
        admit(store, "n1");
        store.intake().push(jobs("job", 3));
        assertThat(assign(store, "n1", 3)).isEqualTo(3);
        List<Attempt> running = take(store, "n1", 3);
        spoil(holder, "incarnations");

        assertThatThrownBy(() -> complete(store, running)).isInstanceOf(StoreOutcomeUnknownException.class);
        assertThat(complete(store, running).settled())
                .containsExactly(SettleResult.ACCEPTED, SettleResult.ACCEPTED, SettleResult.ACCEPTED);

        spoil(holder, "jobs");
        assertThatThrownBy(() -> store.intake().push(List.of(job("fine"))))
                .isInstanceOf(StoreOutcomeUnknownException.class)
                .hasMessageContaining("set apart");
        store.intake().push(List.of(job("fine"), job("fine1")));
        assertThat(assign(store, "n1", 10)).isEqualTo(2);
        assertThat(take(store, "n1", 10)).hasSize(2);
    }

    /** Among more keys of others than one run of the script looks at. */
    private static void spoil(LocalServer server, String table) {
        Map<String, String> others = new HashMap<>();
        IntStream.range(0, 3_000).forEach(i -> others.put(TAG + "other-" + i, "x"));
        ask(server, redis -> {
            redis.mset(others);
            redis.del(TAG + ":" + table);
            return redis.set(TAG + ":" + table, "no table");
        });
    }
}
