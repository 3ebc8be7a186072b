package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Retention;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.UniqueKey;
import io.muster.servers.LocalServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody has put a key of another type in the place of one of the store's tables: it costs what was there, and whoever met it is told. */
class HostileTablesTest extends StoreOnServer {
    private static final Retention KEPT = new Retention(Duration.ofDays(1), Duration.ofDays(1));

    private RedisStore store;
    private LocalServer server;

    @BeforeEach
    void openStore() {
        server = quickServer();
        store = withNode(server);
    }

    @Test
    void theTableOfJobsIsSetApartAndNewJobsGoOn() {
        store.intake().push(jobs("running", 2));
        assertThat(assign(store, "n1", 10)).isEqualTo(2);
        List<Attempt> running = take(store, "n1", 2);
        store.intake().push(jobs("assigned", 2));
        assertThat(assign(store, "n1", 10)).isEqualTo(2);
        store.intake().push(jobs("ready", 3));
        store.intake()
                .push(List.of(
                        job("delayed").withDueAt(Instant.now().plusMillis(200)),
                        job("holder").withOverlap(OverlapKey.of("k")),
                        job("aside").withOverlap(OverlapKey.of("k"))));
        spoil("jobs");

        assertThatThrownBy(() -> store.intake().push(List.of(job("fine"))))
                .isInstanceOf(StoreOutcomeUnknownException.class)
                .hasMessageContaining("set apart");
        assertThat(store.intake().push(List.of(job("fine"), job("fine1"))))
                .as("what its caller does then, as it is not known whether it was pushed")
                .containsExactly(new PushOutcome.Pushed("fine"), new PushOutcome.Pushed("fine1"));
        assertThat(complete(store, running).settled()).containsOnly(SettleResult.ACCEPTED);

        List<String> done = new ArrayList<>();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            store.leader().tend(FENCE, KEPT, Instant.now(), 100);
            assign(store, "n1", 100);
            List<Attempt> attempts = take(store, "n1", 100);
            attempts.forEach(attempt -> done.add(attempt.token().jobId()));
            complete(store, attempts);
            return done.size() >= 2;
        });
        assertThat(done).containsExactlyInAnyOrder("fine", "fine1");
        for (JobState state : JobState.values()) {
            assertThat(store.intake().list(QUEUE, state, Optional.empty(), 100).jobs())
                    .allSatisfy(job -> assertThat(job.state().isSettled()).isTrue());
        }
        raw((redis, prefix) ->
                assertThat(redis.get(prefix + ":unreadable:jobs")).isEqualTo("no table"));
    }

    @Test
    void theTableOfIncarnationsIsMadeAnewSoThatNothingTheyHoldIsLost() {
        admit(store, "n2");
        admit(store, "buried");
        admit(store, "idle");
        store.intake().push(jobs("job", 6));
        assertThat(assign(store, "n1", 2)).isEqualTo(2);
        assertThat(assign(store, "n2", 2)).isEqualTo(2);
        assertThat(assign(store, "buried", 2)).isEqualTo(2);
        List<Attempt> first = take(store, "n1", 2);
        List<Attempt> stale = take(store, "buried", 1);
        assertThat(store.leader().bury(FENCE, "buried", 1).done()).isFalse();
        manyOthers();
        spoil("incarnations");

        assertThatThrownBy(() -> complete(store, first)).isInstanceOf(StoreOutcomeUnknownException.class);

        assertThat(complete(store, first).settled()).containsExactly(SettleResult.ACCEPTED, SettleResult.ACCEPTED);
        assertThat(take(store, "n2", 2)).hasSize(2);
        Map<String, Status> known = new HashMap<>();
        store.leader().incarnations().forEach(record -> known.put(record.incarnation(), record.status()));
        assertThat(known).isEqualTo(Map.of("n1", Status.ADMITTED, "n2", Status.ADMITTED, "buried", Status.BURIED));
        assertThatThrownBy(() -> complete(store, stale)).as("never revived").isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> take(store, "idle", 1))
                .as("it comes back as another")
                .isInstanceOf(RuntimeException.class);
        store.nodes().admit(IncarnationRecord.admitted("idle-2", "idle", Instant.now()), Optional.of("idle"));
        assertThat(store.leader().bury(FENCE, "n2", 100).done()).isTrue();
        assertThat(store.leader().bury(FENCE, "buried", 100).done()).isTrue();
        int done = 0;
        while (assign(store, "n1", 10) > 0) {
            List<Attempt> attempts = take(store, "n1", 10);
            done += attempts.size();
            assertThat(complete(store, attempts).settled()).containsOnly(SettleResult.ACCEPTED);
        }
        assertThat(done).as("what the buried held").isEqualTo(4);
        raw((redis, prefix) -> {
            assertThat(redis.get(prefix + ":unreadable:incarnations")).isEqualTo("no table");
            assertThat(redis.exists(prefix + ":rebuilt:incarnations")).isZero();
        });
    }

    /** Each with a call that needs it. */
    enum Other {
        FENCES(store -> store.leader().tend(FENCE, KEPT, Instant.now(), 10)),
        U(store -> store.intake().push(List.of(job("unique").withUnique(UniqueKey.of("k"))))),
        K(store -> assign(store, "n1", 2)),
        KO(store -> assign(store, "n1", 2)),
        WAITED(store -> assign(store, "n1", 2)),
        BUSY(store -> store.intake().push(List.of(NewJob.of("other", "other", "send", new byte[0])))),
        PAUSED(store -> store.intake().pause("other", "somebody")),
        BURIED(store -> store.leader().bury(FENCE, "n1", 10));

        @SuppressWarnings("ImmutableEnumChecker")
        private final Consumer<RedisStore> call;

        Other(Consumer<RedisStore> call) {
            this.call = call;
        }

        String table() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Without it nobody knows what is held or who may write: it stays as it is, and each call that needs it says what to do. */
    @ParameterizedTest
    @EnumSource(Other.class)
    void anotherTableStaysAndTheErrorSaysWhichAndWhatToDo(Other other) {
        store.leader().install(FENCE);
        store.intake().push(List.of(job("plain").withPriority(1), job("keyed").withOverlap(OverlapKey.of("k"))));
        spoil(other.table());

        assertThatThrownBy(() -> other.call.accept(store))
                .isInstanceOf(StoreOutcomeUnknownException.class)
                .hasMessageContaining(":" + other.table() + " (by a string)")
                .hasMessageContaining("backup");

        raw((redis, prefix) -> {
            assertThat(redis.get(prefix + ":" + other.table())).isEqualTo("no table");
            redis.del(prefix + ":" + other.table());
        });
        other.call.accept(store);
        if (Set.of(Other.K, Other.KO, Other.WAITED).contains(other)) {
            assertThat(take(store, "n1", 2)).as("nothing was lost").hasSize(2);
        }
    }

    private void spoil(String table) {
        raw((redis, prefix) -> {
            redis.del(prefix + ":" + table);
            redis.set(prefix + ":" + table, "no table");
        });
    }

    /** More than one run of the script looks at. */
    private void manyOthers() {
        Map<String, String> others = new HashMap<>();
        IntStream.range(0, 5_000).forEach(i -> others.put("other-" + i, "x"));
        raw((redis, prefix) -> redis.mset(others));
    }

    private void raw(BiConsumer<RedisCommands<String, String>, String> commands) {
        ask(server, redis -> {
            String any = redis.keys("*:writes").get(0);
            commands.accept(redis, any.substring(0, any.length() - ":writes".length()));
            return true;
        });
    }
}
