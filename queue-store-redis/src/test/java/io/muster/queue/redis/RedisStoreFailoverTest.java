package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StoreException;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.ServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Another server takes the master's place. */
@Tag("Q2")
class RedisStoreFailoverTest extends StoreOnServer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void workGoesOnAtTheMasterThatSentinelsPromoteAndTokensGrow() {
        RedisSentinelServers servers = sentinels();
        RedisStore store = open(config(servers.uri()));
        AtomicInteger hints = new AtomicInteger();
        closedLater(store.leader().onReady(hints::incrementAndGet));
        store.intake().push(jobs("job-", 5));
        admit(store, "n1");
        assign(store, "n1", 5);
        List<Attempt> before = take(store, "n1", 2);
        replicated(servers.master());

        servers.failOver();

        assertThat(eventually(() -> complete(store, before)).settled())
                .containsAnyOf(SettleResult.ACCEPTED, SettleResult.STALE);
        List<Attempt> after = eventually(() -> take(store, "n1", 2));
        assertThat(after).allSatisfy(attempt -> assertThat(attempt.fencingToken())
                .isGreaterThan(before.get(1).fencingToken()));
        int told = hints.get();
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> {
                    store.intake().clear(QUEUE, 10);
                    store.intake().push(List.of(job("new-" + System.nanoTime())));
                    return hints.get() > told;
                });
        assertThat(store.lostWrites()).isZero();
    }

    @Test
    void aFrozenMasterIsLeftForThePromotedOneAndNotReturnedTo() {
        RedisSentinelServers servers = sentinels();
        RedisStore store = open(config(servers.uri()));
        store.intake().push(List.of(job("before")));
        LocalServer frozen = servers.master();
        replicated(frozen);

        frozen.freeze();
        List<PushOutcome> after = eventually(() -> store.intake().push(List.of(job("after"))));
        frozen.thaw();

        assertThat(after).hasSize(1);
        assertThat(eventually(() -> store.intake().find("before"))).isPresent();
        assertThat(eventually(() -> store.intake().find("after"))).isPresent();
        assertThat(servers.master()).isNotSameAs(frozen);
        assertThat(store.lostWrites()).isZero();
    }

    @Test
    void writesThatTheReplicaHadNotReceivedAreSaidToBeLost() {
        RedisSentinelServers servers = sentinels();
        RedisStore store = open(config(servers.uri()));
        store.intake().push(List.of(job("kept")));
        LocalServer master = servers.master();
        replicated(master);
        LocalServer replica = servers.servers().stream()
                .filter(server -> server != master)
                .findFirst()
                .orElseThrow();
        replica.freeze();
        ask(master, redis -> redis.clientKill(KillArgs.Builder.typeSlave()));
        store.intake().push(List.of(job("lost-1")));
        store.intake().push(List.of(job("lost-2")));

        master.kill();
        replica.thaw();

        assertThat(eventually(() -> store.intake().find("kept"))).isPresent();
        assertThat(store.intake().find("lost-1")).isEmpty();
        assertThat(store.lostWrites()).isEqualTo(2);
    }

    @Test
    void workGoesOnAtTheReplicaOfAClustersNode() {
        RedisClusterServers servers = closedLater(RedisClusterServers.tryStart(1, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis on this machine")));
        RedisStore store = open(config(servers.uri()));
        store.intake().push(List.of(job("before")));
        int slot = ask(servers.nodes().get(0), redis -> redis.clusterKeyslot("{muster-jobs:shop}"))
                .intValue();
        replicated(servers.masterOf(slot));

        servers.failOver(slot);

        assertThat(eventually(() -> store.intake().find("before"))).isPresent();
        assertThat(eventually(() -> store.intake().push(List.of(job("after"))))).hasSize(1);
        assertThat(store.lostWrites()).isZero();
    }

    private RedisSentinelServers sentinels() {
        return closedLater(RedisSentinelServers.tryStart(1, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis on this machine")));
    }

    private static RedisStoreConfig config(String uri) {
        return RedisEnvironment.config(uri).withTimeouts(Duration.ofSeconds(5), CALL);
    }

    /** What was written has reached the replica. */
    private static void replicated(LocalServer master) {
        await().atMost(PATIENCE)
                .until(() -> ask(master, redis -> {
                    redis.set("{muster-jobs:shop}:probe", "x");
                    return redis.waitForReplication(1, 1000) == 1;
                }));
    }

    private static <T> T eventually(Callable<T> call) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(call, answer -> true);
    }
}
