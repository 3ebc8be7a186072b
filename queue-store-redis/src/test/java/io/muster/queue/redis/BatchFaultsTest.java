package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.DerivedId;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches and what follows from settlements, when replies are lost or the server is killed: nothing is counted or pushed twice, or lost. */
class BatchFaultsTest extends StoreOnServer {
    private static final String BATCH = "batch";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    @Tag("W2")
    void aCreationWhoseReplyWasLostIsUnknownAndRepeatedCreatesOnce() {
        LocalServer server = server(ServerOptions.forTests());
        TcpProxy proxy = closedLater(TcpProxy.to(server));
        RedisStore store = open(at(proxy.port()));
        // The server knows the script.
        store.batches().create(NewBatch.of("earlier", QUEUE), List.of());
        proxy.swallowReplies();

        assertThatThrownBy(() -> store.batches().create(batch(), members(3)))
                .isInstanceOf(StoreOutcomeUnknownException.class);

        proxy.heal();
        assertThat(eventually(() -> store.batches().create(batch(), members(3))))
                .hasSize(3)
                .allMatch(PushOutcome.SameId.class::isInstance);
        assertThat(find(store).total()).isEqualTo(3);
        assertThat(waiting(store)).containsExactly("batch.before", "m0", "m1", "m2");
    }

    @Test
    @Tag("W1")
    @Tag("W2")
    void whatALostReplySettledIsCountedOnceAndFollowedOnce() {
        LocalServer server = server(ServerOptions.forTests());
        TcpProxy proxy = closedLater(TcpProxy.to(server));
        RedisStore store = open(at(proxy.port()));
        store.batches().create(batch(), members(2));
        List<Attempt> attempts = run(store, 3);
        Exchange settling = following(attempts);
        proxy.swallowReplies();

        assertThatThrownBy(() -> store.nodes().exchange(settling)).isInstanceOf(StoreOutcomeUnknownException.class);

        proxy.heal();
        assertThat(eventually(() -> store.nodes().exchange(settling).settled())).containsOnly(SettleResult.STALE);
        assertThat(find(store).succeeded()).isEqualTo(2);
        assertThat(find(store).finished()).isTrue();
        assertThat(waiting(store))
                .containsExactlyInAnyOrder(
                        "after-batch.before",
                        "after-m0",
                        "after-m1",
                        "m0.progress",
                        "m1.progress",
                        "batch.then",
                        "batch.finally");
    }

    @Test
    @Tag("W2")
    void countsAndCallbacksSurviveAKillBetweenTwoSettlements() {
        LocalServer server = server(ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        RedisStore store = open(at(server));
        store.batches().create(batch(), members(2));
        List<Attempt> attempts = run(store, 3);
        complete(store, attempts.subList(0, 2));

        server.kill();
        assertThatThrownBy(() -> complete(store, attempts.subList(2, 3))).isInstanceOf(StoreException.class);
        server.restart();

        assertThat(eventually(() -> complete(store, attempts.subList(2, 3)).settled()))
                .containsExactly(SettleResult.ACCEPTED);
        assertThat(find(store).succeeded()).isEqualTo(2);
        assertThat(find(store).happened())
                .containsExactlyInAnyOrder(BatchEvent.BEFORE, BatchEvent.THEN, BatchEvent.FINALLY);
        assertThat(waiting(store))
                .containsExactlyInAnyOrder("m0.progress", "m1.progress", "batch.then", "batch.finally");
    }

    @Test
    @Tag("J9")
    void aBurialWhoseReplyWasLostTellsOfTheFailureOnce() {
        LocalServer server = server(ServerOptions.forTests());
        TcpProxy proxy = closedLater(TcpProxy.to(server));
        RedisStore store = open(at(proxy.port()));
        store.intake().push(List.of(job("a").withMaxCrashes(1).tellingFailure()));
        admit(store, "lost");
        assign(store, "lost", 1);
        take(store, "lost", 1);
        store.leader().bury(FENCE, "lost", 10);
        run(store, 1);
        proxy.swallowReplies();

        assertThatThrownBy(() -> store.leader().bury(FENCE, "n1", 10)).isInstanceOf(StoreOutcomeUnknownException.class);

        proxy.heal();
        eventually(() -> store.leader().bury(FENCE, "n1", 10));
        StoredJob failed = store.intake().find("a").orElseThrow();
        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        assertThat(waiting(store))
                .containsExactly(DerivedId.of(
                        "a", "failed." + failed.settledAt().orElseThrow().toEpochMilli()));
    }

    @Test
    @Tag("W2")
    void aGroupOfManyMembersIsWrittenIntoItsBatchOnce() {
        LocalServer server = server(ServerOptions.forTests());
        RedisStore store = open(at(server));
        store.batches().create(NewBatch.of(BATCH, QUEUE), members(100));
        List<Attempt> attempts = run(store, 100);
        ask(server, redis -> redis.configResetstat());

        complete(store, attempts.subList(0, 99));

        // The completed jobs, which of their trip have ended, the batch's counts: one write each, however many jobs
        // there are.
        String stats = ask(server, redis -> redis.info("commandstats"));
        assertThat(stats).contains("cmdstat_hset:calls=3,");
        assertThat(find(store).succeeded()).isEqualTo(99);
    }

    private static NewBatch batch() {
        Map<BatchEvent, OutboxEntry> callbacks = new EnumMap<>(BatchEvent.class);
        for (BatchEvent event : BatchEvent.values()) {
            callbacks.put(event, OutboxEntry.here(job("template")));
        }
        return NewBatch.of(BATCH, QUEUE).withCallbacks(callbacks);
    }

    private static List<NewJob> members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> job("m" + i).withBatch(new BatchMembership(BATCH, 1)))
                .toList();
    }

    private static List<Attempt> run(RedisStore store, int count) {
        admit(store, "n1");
        assign(store, "n1", count);
        List<Attempt> attempts = take(store, "n1", count);
        assertThat(attempts).hasSize(count);
        return attempts;
    }

    /** Completes them, each followed by one job. */
    private static Exchange following(List<Attempt> attempts) {
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> new Settlement(
                        attempt.token(),
                        new Settlement.Completed(),
                        List.of(OutboxEntry.here(job("after-" + attempt.token().jobId())))))
                .toList();
        return new Exchange("n1", POOL, settlements, 0, Optional.of(Set.of()));
    }

    private static StoredBatch find(RedisStore store) {
        return store.batches().find(BATCH).orElseThrow();
    }

    private static List<String> waiting(RedisStore store) {
        return store.intake().list(QUEUE, JobState.READY, Optional.empty(), 100).jobs().stream()
                .map(StoredJob::id)
                .toList();
    }

    private static <T> T eventually(Callable<T> call) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(call, answer -> true);
    }
}
