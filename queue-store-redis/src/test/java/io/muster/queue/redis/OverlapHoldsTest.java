package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ScriptOutputType;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.Settlement;
import io.muster.servers.LocalServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held overlap keys: of those that have a time the holder is kept, of others it is found among all jobs that are held. */
@Tag("M3")
class OverlapHoldsTest extends StoreOnServer {
    private static final OverlapKey KEY = OverlapKey.of("key /ä");
    private static final OverlapKey TIMED = new OverlapKey(KEY.key(), Optional.of(Duration.ofHours(1)));
    private static final int HANDOVERS = 150;

    private LocalServer server;
    private RedisStore store;

    @BeforeEach
    void openStore() {
        server = quickServer();
        store = withNode(server);
    }

    @Test
    void jobsWithATimeAndWithoutExcludeEachOtherWhicheverIsFirst() {
        store.intake().push(List.of(job("timed").withOverlap(TIMED)));
        List<Attempt> timed = next();
        store.intake().push(List.of(job("plain").withOverlap(KEY), job("other").withOverlap(OverlapKey.of("other"))));
        assertThat(ids(next())).containsExactly("other");
        assertHolds("timed", "plain");

        complete(store, timed);
        List<Attempt> plain = next();
        assertThat(ids(plain)).containsExactly("plain");
        store.intake()
                .push(List.of(
                        job("timed-too").withOverlap(TIMED), job("plain-too").withOverlap(KEY)));
        assertThat(next()).isEmpty();
        assertHolds("plain", "timed-too");
        assertHolds("plain", "plain-too");

        complete(store, plain);
        assertThat(next()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void whoseTimeWasOverFreesNothingOfTheJobThatHasTheKeyNow(boolean hasATime, boolean completes) {
        OverlapKey brief = new OverlapKey(KEY.key(), Optional.of(Duration.ofMillis(50)));
        store.intake().push(List.of(job("brief").withOverlap(brief), job("now").withOverlap(hasATime ? TIMED : KEY)));
        List<Attempt> late = next();
        assertThat(ids(late)).containsExactly("brief");
        admit(store, "n2");
        await().until(() -> assign(store, "n2", 10) == 1);
        List<Attempt> now = take(store, "n2", 10);
        store.intake().push(List.of(job("third").withOverlap(KEY)));
        assertThat(next()).isEmpty();
        assertHolds("now", "third");

        end(late, completes);

        assertThat(next()).isEmpty();
        assertHolds("now", "third");
        end(now, completes);
        assertThat(ids(next())).containsExactly("third");
    }

    private void end(List<Attempt> attempts, boolean completes) {
        if (completes) {
            complete(store, attempts);
            return;
        }
        List<Settlement> failures = attempts.stream()
                .map(attempt ->
                        Settlement.of(attempt.token(), new Settlement.Failed("failed", "", Settlement.Why.EXCEPTION)))
                .toList();
        store.nodes()
                .exchange(new Exchange(attempts.get(0).token().incarnation(), POOL, failures, 0, Optional.empty()));
    }

    /** Earlier versions kept the holder of each key, and the first of them no long field beside. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void aHoldThatAnEarlierVersionWroteBlocksUntilItIsFreed(boolean longField, boolean completes) {
        store.intake().push(List.of(job("held").withOverlap(KEY)));
        List<Attempt> held = next();
        asEarlierVersionsDid("held", longField);
        store.intake().push(List.of(job("plain").withOverlap(KEY), job("timed").withOverlap(TIMED)));
        admit(store, "n2");

        assertThat(assign(store, "n2", 10)).isZero();
        assertHolds("held", "plain");
        if (completes) {
            complete(store, held);
        } else {
            assertThat(store.leader().bury(FENCE, "n1", 10).done()).isTrue();
        }

        assertThat(assign(store, "n2", 10)).isEqualTo(1);
        assertThat(ids(take(store, "n2", 10))).containsExactly(completes ? "plain" : "held");
        assertThat(assign(store, "n2", 10)).isZero();
    }

    private void asEarlierVersionsDid(String id, boolean longField) {
        ask(server, redis -> {
            String set = redis.keys("*:ko").get(0);
            String hash = set.substring(0, set.length() - 1);
            assertThat(redis.srem(set, KEY.key())).isEqualTo(1);
            if (longField) {
                redis.eval(
                        "return redis.call('HSET', KEYS[1], '\\255', string.rep(' ', 72))",
                        ScriptOutputType.INTEGER,
                        hash);
            }
            return redis.hset(hash, KEY.key(), "1234567" + id);
        });
    }

    @Test
    void theHolderIsFoundAmongAllThatAreAssignedAndRun() {
        admit(store, "n2");
        for (String incarnation : List.of("n1", "n2")) {
            store.intake()
                    .push(IntStream.range(0, 150)
                            .mapToObj(i -> job(incarnation + "-" + i).withOverlap(OverlapKey.of(incarnation + "-" + i)))
                            .toList());
            assertThat(assign(store, incarnation, 150)).isEqualTo(150);
        }
        List<Attempt> running = take(store, "n2", 120);
        store.intake().push(List.of(job("first").withOverlap(OverlapKey.of("n2-0"))));
        store.intake().push(List.of(job("last").withOverlap(OverlapKey.of("n2-149"))));

        assertThat(holder("first")).contains("n2-0");
        assertThat(holder("last")).as("assigned").contains("n2-149");
        assertThat(holder("n2-149")).as("its own key").isEmpty();
        complete(store, running);
        assertThat(holder("first")).isEmpty();
    }

    /** It may have ended, and another one have the key, between two scripts. */
    @Test
    void onlyWhoIsStillHeldIsTheHolder() {
        store.intake().push(List.of(job("ready").withOverlap(KEY)));
        assertThat(askedOf("n1", "ready")).isEmpty();

        assertThat(assign(store, "n1", 1)).isEqualTo(1);
        assertThat(askedOf("n1", "none", "ready")).containsExactly("ready");
        assertThat(askedOf("n2", "ready")).isEmpty();

        List<Attempt> attempts = take(store, "n1", 1);
        assertThat(askedOf("n1", "ready")).containsExactly("ready");
        complete(store, attempts);
        assertThat(askedOf("n1", "ready")).isEmpty();
    }

    private List<String> askedOf(String incarnation, String... ids) {
        return ask(server, redis -> {
            String writes = redis.keys("*:writes").get(0);
            String prefix = writes.substring(0, writes.length() - ":writes".length());
            List<String> arguments = new ArrayList<>(List.of(prefix, "", KEY.key(), incarnation));
            arguments.addAll(List.of(ids));
            return redis.eval(
                    StoreScripts.HOLDER.text(),
                    ScriptOutputType.MULTI,
                    new String[] {writes},
                    arguments.toArray(String[]::new));
        });
    }

    /** Whoever is named held the key at some moment during the call. */
    @Test
    void theHolderIsTheOneOfTheMomentHoweverFastTheKeyPassesOn() {
        store.intake()
                .push(IntStream.range(0, HANDOVERS)
                        .mapToObj(i -> job(Integer.toString(i)).withOverlap(KEY))
                        .toList());
        store.intake().push(List.of(job("last").withOverlap(KEY).withPriority(-1)));
        AtomicInteger current = new AtomicInteger();
        CompletableFuture<List<Integer>> named = CompletableFuture.supplyAsync(
                () -> {
                    List<Integer> holders = new ArrayList<>();
                    while (current.get() < HANDOVERS) {
                        int before = current.get();
                        Optional<String> holder = holder("last");
                        int after = current.get();
                        holder.map(Integer::parseInt).ifPresent(one -> {
                            assertThat(one).isBetween(before, after);
                            holders.add(one);
                        });
                    }
                    return holders;
                },
                task -> new Thread(task, "asks").start());

        for (int i = 0; i < HANDOVERS; i++) {
            List<Attempt> held = next();
            assertThat(ids(held)).containsExactly(Integer.toString(i));
            complete(store, held);
            current.incrementAndGet();
        }

        assertThat(named).succeedsWithin(Duration.ofSeconds(20));
        assertThat(named.join()).isNotEmpty();
    }

    private void assertHolds(String holder, String waiting) {
        assertThat(store.intake().obstacles(waiting).overlap()).contains(new JobObstacles.HeldKey(KEY.key(), holder));
    }

    private Optional<String> holder(String waiting) {
        return store.intake().obstacles(waiting).overlap().map(JobObstacles.HeldKey::holderJobId);
    }

    private List<Attempt> next() {
        assign(store, "n1", 10);
        return take(store, "n1", 10);
    }

    private static List<String> ids(List<Attempt> attempts) {
        return attempts.stream().map(attempt -> attempt.token().jobId()).toList();
    }
}
