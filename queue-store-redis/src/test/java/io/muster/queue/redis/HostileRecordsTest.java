package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Grant;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.Retention;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.StoredSchedule;
import io.muster.queue.store.TendReport;
import io.muster.servers.LocalServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody has changed by hand in Redis costs itself only: that job fails and is kept, all others go on, and lists show all of them. */
class HostileRecordsTest extends StoreOnServer {
    private static final String UNTIL_PROCESSING_WITHOUT_A_KEY =
            "F\u0004\u0000\u001c\u0000\u0004mail\u0000\u0004send\u0000\u0000\u0000\u0000\u0000\u0003\u0000\u0000\u0000\u0000\u0000\u0001";
    private static final List<String> GARBAGE = List.of(
            "",
            "F",
            "garbage, and long enough for a head",
            "{\"@class\":\"x\"}",
            "F\u0007\u0000\u0014xxxxxxxxxxxxxxxx",
            UNTIL_PROCESSING_WITHOUT_A_KEY);
    private static final Retention KEPT = new Retention(Duration.ofDays(1), Duration.ofDays(1));

    private RedisStore store;
    private LocalServer server;

    /** Where a job is when its record is changed. */
    enum Stage {
        READY,
        TIMED,
        CAME_BACK,
        ASIDE,
        DELAYED,
        ASSIGNED,
        RUNNING
    }

    @BeforeEach
    void openStore() {
        server = quickServer();
        store = withNode(server);
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void aRecordThatIsNoneFailsAndAllOthersGoOn(Stage stage) {
        List<String> spoilt = new ArrayList<>();
        for (int i = 0; i < GARBAGE.size(); i++) {
            spoilt.add("spoilt" + i);
        }
        bring(spoilt, stage);
        raw((redis, prefix) -> {
            for (int i = 0; i < GARBAGE.size(); i++) {
                redis.hset(prefix + ":jobs", spoilt.get(i), GARBAGE.get(i));
            }
        });
        assertThat(allLists()).isNotNull();
        assertThat(store.intake().counts()).isNotEmpty();
        for (String id : spoilt) {
            assertThat(store.intake().find(id)).isPresent();
            assertThat(store.intake().obstacles(id)).isNotNull();
        }
        store.intake().push(jobs("fine", 5));

        List<String> done = workOff();

        assertThat(done).contains("fine0", "fine1", "fine2", "fine3", "fine4").doesNotContainAnyElementsOf(spoilt);
        for (int i = 0; i < spoilt.size(); i++) {
            StoredJob failed = store.intake().find(spoilt.get(i)).orElseThrow();
            assertThat(failed.state()).as("state of %s", failed.id()).isEqualTo(JobState.FAILED);
            assertThat(failed.reason().orElseThrow()).startsWith("Record is unreadable");
            assertThat(new String(failed.payload(), StandardCharsets.UTF_8)).isEqualTo(GARBAGE.get(i));
        }
        List<String> listed = allLists().stream().map(StoredJob::id).toList();
        assertThat(listed).containsAll(spoilt).containsAll(List.of("fine0", "fine4"));
        assertThat(store.intake().forget(spoilt)).containsExactlyInAnyOrderElementsOf(spoilt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "payload"})
    void aRecordThatIsUniqueUntilProcessingWithoutAKeyFailsBesideASoundOne(String payload) {
        store.intake().push(List.of(job("spoilt"), job("fine")));
        raw((redis, prefix) -> redis.hset(prefix + ":jobs", "spoilt", UNTIL_PROCESSING_WITHOUT_A_KEY + payload));
        assertThat(assign(store, "n1", 10)).isEqualTo(2);

        assertThat(take(store, "n1", 10))
                .extracting(attempt -> attempt.token().jobId())
                .containsExactly("fine");
        assertThat(store.intake().find("spoilt").orElseThrow().state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void aBurialTakesBackWhatCanBeRead() {
        bring(List.of("spoilt", "fine"), Stage.RUNNING);
        raw((redis, prefix) -> redis.hset(prefix + ":jobs", "spoilt", "garbage"));

        BuryReport report = store.leader().bury(FENCE, "n1", 100);

        assertThat(report.done()).isTrue();
        assertThat(store.intake().find("spoilt").orElseThrow().state()).isEqualTo(JobState.FAILED);
        assertThat(store.intake().find("fine").orElseThrow().state()).isEqualTo(JobState.READY);
    }

    @Test
    void failedRecordsThatWereChangedAreListedForgottenAndOverInTime() {
        fail("a", "b", "c");
        raw((redis, prefix) -> {
            redis.hset(prefix + ":jobs", "a", "X garbage");
            redis.hset(prefix + ":why", "b", "\u007f\u0000\u0000\u0001x");
            redis.hset(prefix + ":jobs", "c", "");
        });

        assertThat(store.intake()
                        .list(QUEUE, JobState.FAILED, Optional.empty(), 10)
                        .jobs())
                .extracting(StoredJob::id)
                .contains("a", "b");
        assertThat(store.intake().retry(List.of("a"))).containsExactly(new RetryOutcome.NotFailed("a"));
        assertThat(store.intake().forget(List.of("a"))).containsExactly("a");
        TendReport report = store.leader().tend(FENCE, new Retention(Duration.ZERO, Duration.ZERO), Instant.now(), 100);
        assertThat(report).isNotNull();
        assertThat(store.intake().find("b")).isEmpty();
        assertThat(store.intake().find("c")).isEmpty();
    }

    @Test
    void entriesOfListsThatNameNoJobAreDropped() {
        store.intake().push(List.of(job("plain"), job("keyed").withOverlap(OverlapKey.of("k"))));
        raw((redis, prefix) -> redis.keys(prefix + ":r:*").forEach(list -> {
            redis.lpush(list, "", "x", "nowhere", "somewhere else altogether");
            redis.rpush(list, "x");
        }));
        assertThat(store.intake()
                        .list(QUEUE, JobState.READY, Optional.empty(), 10)
                        .jobs())
                .extracting(StoredJob::id)
                .contains("plain", "keyed");

        assertThat(workOff()).contains("plain", "keyed");
    }

    @Test
    void keysOfAnotherTypeAreSetApart() {
        store.intake().push(List.of(job("lost")));
        raw((redis, prefix) -> {
            redis.keys(prefix + ":r:*").forEach(list -> {
                redis.del(list);
                redis.set(list, "no list");
            });
            redis.zadd(prefix + ":lanes:" + QUEUE, 0, "garbage");
            redis.sadd(prefix + ":busy", "other");
            redis.set(prefix + ":lanes:other", "no zset");
            redis.set(prefix + ":writes", "many");
            redis.set(prefix + ":place", "nowhere");
            redis.set(prefix + ":fencing", "none");
        });
        assertThat(assign(store, "n1", 10)).isZero();
        store.intake().push(jobs("fine", 3));

        assertThat(workOff()).containsExactlyInAnyOrder("fine0", "fine1", "fine2");
        assertThat(store.intake().counts()).isNotEmpty();
    }

    @Test
    void aHashOfRunningJobsOfAnotherTypeIsSetApartBeforeAnythingIsTaken() {
        store.intake().push(jobs("fine", 6));
        assign(store, "n1", 6);
        List<Attempt> lost = take(store, "n1", 1);
        raw((redis, prefix) -> redis.keys(prefix + ":h:*").forEach(hash -> {
            redis.del(hash);
            redis.set(hash, "no hash");
        }));

        List<Attempt> taken = take(store, "n1", 10);

        assertThat(taken)
                .extracting(attempt -> attempt.token().jobId())
                .containsExactly("fine1", "fine2", "fine3", "fine4", "fine5");
        assertThat(complete(store, lost).settled()).containsExactly(SettleResult.STALE);
        assertThat(complete(store, taken).settled()).hasSize(5).containsOnly(SettleResult.ACCEPTED);
    }

    @Test
    void keysOfAPoolThatAreOfAnotherTypeCostNoSettlement() {
        store.intake().push(jobs("fine", 4));
        assertThat(store.leader()
                        .assign(FENCE, List.of(new Grant("n1", "other", List.of(QUEUE), Set.of(), 1)))
                        .total())
                .isEqualTo(1);
        assertThat(assign(store, "n1", 3)).isEqualTo(3);
        List<Attempt> taken = new ArrayList<>(take(store, "n1", 1));
        taken.addAll(take(store, "n1", 1));
        raw((redis, prefix) -> {
            redis.set(prefix + ":h:2:n1other", "no hash");
            redis.keys(prefix + ":a:*").forEach(list -> {
                redis.del(list);
                redis.set(list, "no list");
            });
            redis.eval(
                    "for _, trip in ipairs(redis.call('HKEYS', KEYS[1])) do "
                            + "if string.find(redis.call('HGET', KEYS[1], trip), 'fine2', 1, true) then "
                            + "redis.call('HDEL', KEYS[1], trip) end end",
                    ScriptOutputType.STATUS,
                    prefix + ":h:2:n1" + POOL);
        });

        assertThat(complete(store, taken).settled()).containsExactly(SettleResult.ACCEPTED, SettleResult.STALE);
    }

    @Test
    void aBatchThatCannotBeReadCostsItselfOnly() {
        NewBatch good = new NewBatch("good", "good", QUEUE, false, false, Map.of());
        store.batches().create(good, List.of(member("a", "good")));
        for (String bad : List.of("gone", "wrong", "cut")) {
            store.batches().create(new NewBatch(bad, bad, QUEUE, false, false, Map.of()), List.of(member(bad, bad)));
        }
        raw((redis, prefix) -> {
            redis.del(prefix + ":batch:gone");
            redis.set(prefix + ":batch:gone", "no hash");
            redis.hset(prefix + ":batch:wrong", "total", "many");
            redis.hdel(prefix + ":batch:cut", "happened");
        });

        assertThat(workOff()).containsExactlyInAnyOrder("a", "gone", "wrong", "cut");
        assertThat(store.batches().find("good").orElseThrow().finished()).isTrue();
        assertThat(store.batches().list(Optional.empty(), 10).batches())
                .extracting("id")
                .contains("good");
        for (String bad : List.of("gone", "wrong", "cut")) {
            assertThat(store.batches().find(bad)).isEmpty();
        }
    }

    @Test
    void theLeaderGoesOnBesideStrangeIncarnationsSchedulesAndEntriesOfTheOutbox() {
        store.leader().install(FENCE);
        store.schedules().put(new StoredSchedule("fine", "v1", new byte[] {1}), Optional.empty());
        raw((redis, prefix) -> {
            redis.hset(prefix + ":incarnations", "strange", "garbage");
            redis.hset(prefix + ":incarnations", "stranger", "");
            redis.hset(prefix + ":schedules", "no schedule's name", "x");
            redis.hset(prefix + ":schedules", "half", "x");
            redis.zadd(prefix + ":outbox", 1, "garbage");
            redis.zadd(prefix + ":outbox", 2, "nothing");
            redis.zadd(prefix + ":outbox", 3, "newer");
        });
        raw((redis, prefix) -> redis.hset(prefix + ":outboxData", Map.of("garbage", "\u0002no entry", "newer", "~")));

        assertThat(store.leader().incarnations()).extracting("incarnation").contains("n1", "strange", "stranger");
        assertThat(store.schedules().list()).extracting(StoredSchedule::name).containsExactly("fine", "half");
        List<OutboxEntry> entries = store.leader().outbox(FENCE, 10);
        assertThat(entries).isEmpty();
        assertThat(store.intake().find("garbage").orElseThrow().state()).isEqualTo(JobState.FAILED);
        assertThat(store.leader().bury(FENCE, "strange", 10).done()).isTrue();
    }

    private static NewJob member(String id, String batch) {
        return job(id).withBatch(new BatchMembership(batch, 1));
    }

    private void bring(List<String> ids, Stage stage) {
        List<NewJob> jobs = ids.stream()
                .map(id -> switch (stage) {
                    case TIMED -> job(id).withOverlap(new OverlapKey(id, Optional.of(Duration.ofHours(1))));
                    case ASIDE -> job(id).withOverlap(OverlapKey.of("one"));
                    case DELAYED -> job(id).withDueAt(Instant.now().plusMillis(500));
                    default -> job(id);
                })
                .toList();
        if (stage == Stage.ASIDE) {
            store.intake().push(List.of(job("holder").withOverlap(OverlapKey.of("one"))));
            assertThat(assign(store, "n1", 1)).isEqualTo(1);
        }
        store.intake().push(jobs);
        if (stage == Stage.ASSIGNED || stage == Stage.RUNNING || stage == Stage.CAME_BACK || stage == Stage.ASIDE) {
            assign(store, "n1", 100);
        }
        if (stage == Stage.RUNNING) {
            assertThat(take(store, "n1", 100)).hasSize(jobs.size());
        }
        if (stage == Stage.CAME_BACK) {
            assertThat(store.leader().revoke(FENCE, "n1", POOL, 100)).isEqualTo(jobs.size());
        }
    }

    private void fail(String... ids) {
        for (String id : ids) {
            store.intake().push(List.of(job(id)));
            assertThat(assign(store, "n1", 1)).isEqualTo(1);
            settle(take(store, "n1", 1), new Settlement.Failed("why", "detail", Settlement.Why.ASKED));
        }
    }

    /** As a leader and a node do: fails what cannot be read, completes the rest; answers what was completed. */
    private List<String> workOff() {
        List<String> done = new ArrayList<>();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            store.leader().tend(FENCE, KEPT, Instant.now(), 100);
            assign(store, "n1", 100);
            List<Attempt> attempts = store.nodes()
                    .exchange(new Exchange("n1", POOL, List.of(), 100, Optional.of(Set.of())))
                    .taken();
            for (Attempt attempt : attempts) {
                if (attempt.type().equals("unreadable")) {
                    settle(List.of(attempt), new Settlement.Failed("no such type", "", Settlement.Why.ASKED));
                } else {
                    settle(List.of(attempt), new Settlement.Completed());
                    done.add(attempt.token().jobId());
                }
            }
            return allLists().stream().allMatch(job -> job.state().isSettled());
        });
        return done;
    }

    private void settle(List<Attempt> attempts, Settlement.Outcome outcome) {
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), outcome))
                .toList();
        store.nodes().exchange(new Exchange("n1", POOL, settlements, 0, Optional.empty()));
    }

    private List<StoredJob> allLists() {
        List<StoredJob> all = new ArrayList<>();
        for (String queue : List.of(QUEUE, "default")) {
            for (JobState state : JobState.values()) {
                all.addAll(
                        store.intake().list(queue, state, Optional.empty(), 100).jobs());
            }
        }
        return all;
    }

    /** Somebody else's commands, told what all keys of the store begin with. */
    private void raw(BiConsumer<RedisCommands<String, String>, String> commands) {
        ask(server, redis -> {
            String any = redis.keys("*:incarnations").get(0);
            commands.accept(redis, any.substring(0, any.length() - ":incarnations".length()));
            return true;
        });
    }
}
