package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Fence;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.JobState;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a server or the way to it does wrong. */
class RedisStoreFaultsTest extends StoreOnServer {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    @Tag("Q4")
    void aPushWhoseReplyWasLostIsUnknownAndRepeatedPushesOnce() {
        LocalServer server = server(ServerOptions.forTests());
        TcpProxy proxy = closedLater(TcpProxy.to(server));
        RedisStore store = open(at(proxy.port()));
        store.intake().push(List.of(job("before")));
        proxy.swallowReplies();

        assertBounded(() -> store.intake().push(List.of(job("a"))), StoreOutcomeUnknownException.class);

        proxy.heal();
        assertThat(eventually(() -> store.intake().push(List.of(job("a")))))
                .containsExactly(new PushOutcome.SameId("a"));
        assertThat(store.intake().counts().get(0).ready()).isEqualTo(2);
    }

    @Test
    @Tag("K2")
    void whatALostReplyTookIsDeliveredAgainAndWhatItSettledIsStale() {
        LocalServer server = server(ServerOptions.forTests());
        TcpProxy proxy = closedLater(TcpProxy.to(server));
        RedisStore store = open(at(proxy.port()));
        store.intake().push(jobs("job-", 3));
        admit(store, "n1");
        assign(store, "n1", 3);
        proxy.swallowReplies();

        assertBounded(
                () -> store.nodes().exchange(taking("n1", 2, Optional.empty())), StoreOutcomeUnknownException.class);

        proxy.heal();
        List<Attempt> again = eventually(() ->
                store.nodes().exchange(taking("n1", 2, Optional.of(Set.of()))).taken());
        assertThat(again).extracting(attempt -> attempt.token().jobId()).containsExactly("job-0", "job-1");
        assertThat(again).allMatch(attempt -> attempt.counters().starts() == 1);
        proxy.swallowReplies();
        assertBounded(() -> complete(store, again), StoreOutcomeUnknownException.class);
        proxy.heal();
        assertThat(eventually(() -> complete(store, again).settled())).containsOnly(SettleResult.STALE);
        assertThat(store.intake().counts().get(0).completed()).isEqualTo(2);
    }

    /** The last job of one that leaves ends with the first script of an exchange; the second finds it buried. */
    @Test
    @Tag("K2")
    void anExchangeThatIsRefusedInItsSecondScriptTellsWhatTheFirstHasSettled() {
        RedisStore store = open(at(server(ServerOptions.forTests())).withTimeouts(PATIENCE, PATIENCE));
        store.intake().push(jobs("job-", 3));
        admit(store, "n1");
        assign(store, "n1", 3);
        List<Attempt> running = take(store, "n1", 3);
        store.nodes().leave("n1");
        List<Attempt> twice = new ArrayList<>(running);
        twice.add(running.get(1));

        assertThat(complete(store, twice).settled())
                .containsExactly(
                        SettleResult.ACCEPTED, SettleResult.ACCEPTED, SettleResult.ACCEPTED, SettleResult.STALE);

        assertThat(store.intake().counts().get(0).completed()).isEqualTo(3);
        assertThatThrownBy(() -> complete(store, running)).isInstanceOf(IncarnationBuriedException.class);
    }

    @Test
    @Tag("Q2")
    void aFrozenServerHoldsNoCallLongerThanItsTimeout() {
        LocalServer server = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        store.intake().push(List.of(job("before")));
        server.freeze();

        assertBounded(() -> store.intake().push(List.of(job("a"))), StoreOutcomeUnknownException.class);
        for (int i = 0; i < 4; i++) {
            assertBounded(() -> store.intake().counts(), StoreException.class);
            assertBounded(() -> assign(store, "n1", 1), StoreException.class);
        }

        server.thaw();
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> store.intake().find("before").isPresent());
        assertThat(store.lostWrites()).isZero();
    }

    @Test
    @Tag("Q2")
    void aServerThatForgotItsScriptsIsToldThemAgain() {
        LocalServer server = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        store.intake().push(jobs("job-", 400).subList(0, 200));
        store.intake().push(jobs("more-", 200));
        admit(store, "n1");
        assign(store, "n1", 400);
        ask(server, RedisCommands::scriptFlush);

        List<Attempt> taken = take(store, "n1", 400);

        assertThat(taken).hasSize(400);
        ask(server, RedisCommands::scriptFlush);
        assertThat(complete(store, taken).settled()).hasSize(400).containsOnly(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("Q2")
    void whatWasAcknowledgedSurvivesKillAndRestartWithAnAppendOnlyFile() {
        LocalServer server = server(ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        RedisStore store = open(at(server));
        store.leader().install(new Fence("default", "coordinator", 9));
        store.intake().push(jobs("job-", 200));
        admit(store, "n1");
        store.leader().assign(new Fence("default", "coordinator", 9), List.of(grant("n1", 10)));
        List<Attempt> running = take(store, "n1", 5);

        server.kill();
        assertThatThrownBy(() -> store.intake().push(List.of(job("meanwhile")))).isInstanceOf(StoreException.class);
        server.restart();

        assertThat(eventually(() -> complete(store, running).settled()))
                .hasSize(5)
                .containsOnly(SettleResult.ACCEPTED);
        assertThat(store.intake().find("job-9").orElseThrow().state()).isEqualTo(JobState.ASSIGNED);
        assertThat(store.intake().counts().get(0).live()).isEqualTo(195);
        assertThatThrownBy(() -> store.leader().install(FENCE)).isInstanceOf(StaleFenceException.class);
        assertThat(store.lostWrites()).isZero();
    }

    @Test
    @Tag("Q2")
    void aServerThatKeepsNothingLosesEverythingWhenKilledAndThatIsSaid() {
        LocalServer server = server(ServerOptions.forTests().withDurability(Durability.MEMORY));
        RedisStore store = open(at(server));
        store.intake().push(jobs("job-", 10));
        admit(store, "n1");

        server.kill();
        server.restart();

        assertThat(eventually(() -> store.intake().counts())).isEmpty();
        assertThat(store.lostWrites()).isEqualTo(2);
        assertThatThrownBy(() -> take(store, "n1", 1)).isInstanceOf(IncarnationBuriedException.class);
    }

    @Test
    @Tag("C4")
    void aStaleTermAndABuriedTargetStayRefusedAfterARestart() {
        LocalServer server = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        store.intake().push(jobs("job-", 3));
        admit(store, "lost");
        assign(store, "lost", 1);
        List<Attempt> stale = take(store, "lost", 1);
        store.leader().bury(FENCE, "lost", 100);

        server.restart();

        assertThat(eventually(() -> assign(store, "lost", 5))).isZero();
        assertThatThrownBy(() -> complete(store, stale)).isInstanceOf(IncarnationBuriedException.class);
        assertThatThrownBy(() -> admit(store, "lost")).isInstanceOf(IncarnationBuriedException.class);
        assertThatThrownBy(() -> store.leader().install(new Fence("default", "coordinator", 6)))
                .isInstanceOf(StaleFenceException.class);
    }

    @Test
    @Tag("Q2")
    void aMasterThatBecameAReplicaIsLeft() {
        LocalServer server = server(ServerOptions.forTests());
        LocalServer other = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        store.intake().push(List.of(job("a")));
        ask(server, redis -> redis.replicaof("127.0.0.1", other.port()));

        assertThatThrownBy(() -> store.intake().push(List.of(job("b")))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> store.intake().push(List.of(job("b"))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("replica");

        ask(server, RedisCommands::replicaofNoOne);
        assertThat(eventually(() -> store.intake().push(List.of(job("b"))))).hasSize(1);
    }

    @Test
    @Tag("Q3")
    void hintsComeAgainAfterTheConnectionWasCut() {
        LocalServer server = server(ServerOptions.forTests());
        TcpProxy proxy = closedLater(TcpProxy.to(server));
        RedisStore store = open(at(proxy.port()));
        RedisStore producer = open(at(server));
        AtomicInteger hints = new AtomicInteger();
        closedLater(store.leader().onReady(hints::incrementAndGet));
        await().until(() -> hints.get() > 0);

        proxy.cut();
        producer.intake().push(List.of(job("a")));
        int before = hints.get();
        proxy.heal();

        await().atMost(PATIENCE).until(() -> hints.get() > before);
    }

    @Test
    @Tag("Q3")
    void aGrowingBacklogIsToldOnce() {
        LocalServer server = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        store.intake().push(List.of(job("first")));
        ask(server, RedisCommands::configResetstat);

        for (int i = 0; i < 100; i++) {
            store.intake().push(List.of(job("job-" + i)));
        }

        String stats = ask(server, redis -> redis.info("commandstats"));
        assertThat(stats).doesNotContain("cmdstat_publish");
    }

    private static <T> T eventually(Callable<T> call) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(call, answer -> true);
    }

    private static void assertBounded(ThrowingCallable call, Class<? extends StoreException> expected) {
        long begun = System.nanoTime();
        assertThatThrownBy(call).isInstanceOf(expected);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(CALL.multipliedBy(3));
    }
}
