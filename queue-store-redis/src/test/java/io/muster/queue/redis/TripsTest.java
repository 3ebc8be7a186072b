package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import io.muster.servers.LocalServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a call of a pool takes is kept as a whole, and ends job by job. */
@Tag("Q2")
class TripsTest extends StoreOnServer {
    private static final int TAKEN = 20;
    /** Changes the fields of what runs in the pool: name and value of each are n and v. */
    private static final String FOR_EACH_TRIP =
            "for _, n in ipairs(redis.call('HKEYS', KEYS[1])) do local v = redis.call('HGET', KEYS[1], n) ";

    private LocalServer server;
    private RedisStore store;

    @BeforeEach
    void openStore() {
        server = quickServer();
        store = withNode(server);
    }

    @Test
    void eachJobOfATripEndsOnceInAnyOrder() {
        List<Attempt> taken = takeOf(TAKEN);
        List<Attempt> some = List.of(taken.get(19), taken.get(0), taken.get(8), taken.get(7));
        List<Attempt> rest = without(taken, some);

        assertThat(complete(store, some).settled()).hasSize(4).containsOnly(SettleResult.ACCEPTED);

        assertThat(complete(store, some).settled()).hasSize(4).containsOnly(SettleResult.STALE);
        assertThat(held()).isEqualTo(16);
        assertThat(store.intake()
                        .find(taken.get(8).token().jobId())
                        .orElseThrow()
                        .state())
                .isEqualTo(JobState.COMPLETED);
        assertThat(store.intake()
                        .find(taken.get(9).token().jobId())
                        .orElseThrow()
                        .state())
                .isEqualTo(JobState.RUNNING);
        assertThat(complete(store, rest).settled()).hasSize(16).containsOnly(SettleResult.ACCEPTED);
        assertThat(held()).isZero();
        assertThat(complete(store, taken).settled()).hasSize(TAKEN).containsOnly(SettleResult.STALE);
        assertThat(fields()).as("the count and the long one").isEqualTo(2);
    }

    @Test
    void eachIsRememberedAsItWas() {
        List<NewJob> jobs = List.of(
                job("plain"),
                job("plain2"),
                NewJob.of("typed", QUEUE, "other", new byte[0]),
                job("important").withPriority(7),
                job("plain3"));
        for (NewJob job : jobs) {
            store.intake().push(List.of(job));
            long then = System.currentTimeMillis();
            while (System.currentTimeMillis() == then) {
                Thread.onSpinWait(); // each is pushed at a millisecond of its own
            }
        }
        assertThat(assign(store, "n1", jobs.size())).isEqualTo(jobs.size());
        List<Attempt> taken = take(store, "n1", jobs.size());
        assertThat(taken.stream().map(Attempt::pushedAt)).doesNotHaveDuplicates();

        complete(store, taken);

        for (Attempt attempt : taken) {
            StoredJob job = store.intake().find(attempt.token().jobId()).orElseThrow();
            assertThat(job.state()).isEqualTo(JobState.COMPLETED);
            assertThat(job.type()).isEqualTo(attempt.type());
            assertThat(job.priority()).isEqualTo(attempt.priority());
            assertThat(job.pushedAt()).isEqualTo(attempt.pushedAt());
        }
    }

    @Test
    void jobsOfSeveralTripsAndEndsOfSeveralKindsEndInOneExchange() {
        List<Attempt> first = takeOf(10);
        List<Attempt> second = takeOf(10);
        List<Settlement> settlements = Stream.of(first.get(1), second.get(2), first.get(3), second.get(4))
                .map(attempt -> Settlement.of(
                        attempt.token(),
                        attempt.token().jobId().endsWith("3")
                                ? new Settlement.Released(Duration.ZERO, Settlement.Why.EXCEPTION)
                                : new Settlement.Completed()))
                .toList();

        assertThat(exchange(POOL, settlements)).hasSize(4).containsOnly(SettleResult.ACCEPTED);

        assertThat(exchange(POOL, settlements)).hasSize(4).containsOnly(SettleResult.STALE);
        assertThat(held()).isEqualTo(16);
        assertThat(store.intake()
                        .find(first.get(3).token().jobId())
                        .orElseThrow()
                        .state())
                .isEqualTo(JobState.READY);
    }

    @Test
    void whatHasEndedMakesRoomForAsManyJobs() {
        List<Attempt> taken = takeOf(TAKEN);
        store.intake().push(jobs("more", 2 * TAKEN));
        assertThat(assign(store, "n1", TAKEN)).isZero();

        complete(store, taken.subList(3, 10));

        assertThat(assign(store, "n1", TAKEN)).isEqualTo(7);
        complete(store, without(taken, taken.subList(3, 10)));
        assertThat(assign(store, "n1", TAKEN)).isEqualTo(13);
    }

    /** A few jobs that last cost what they are, not what ran with them. */
    @Test
    void whatIsLeftOfATripIsKeptAlone() {
        List<Attempt> taken = takeOf(64);
        List<Attempt> left = List.of(taken.get(0), taken.get(9), taken.get(40), taken.get(63));
        long all = bytes();
        complete(store, without(taken, left).subList(0, 30));
        assertThat(bytes()).isGreaterThanOrEqualTo(all);
        complete(store, without(taken, left).subList(30, 60));

        assertThat(bytes()).isLessThan(all / 8);
        assertThat(fields()).as("the trip, the count and the long one").isEqualTo(3);
        assertThat(held()).isEqualTo(4);
        assertThat(complete(store, without(taken, left)).settled()).hasSize(60).containsOnly(SettleResult.STALE);
        assertThat(store.nodes()
                        .exchange(taking("n1", 10, Optional.of(Set.of())))
                        .taken())
                .extracting(Attempt::token)
                .containsExactlyElementsOf(left.stream().map(Attempt::token).toList());
        Settlement.Outcome released = new Settlement.Released(Duration.ofHours(1), Settlement.Why.ASKED);
        assertThat(exchange(
                        POOL,
                        List.of(
                                Settlement.of(left.get(2).token(), released),
                                Settlement.of(left.get(0).token(), released))))
                .containsExactly(SettleResult.ACCEPTED, SettleResult.ACCEPTED);
        assertThat(complete(store, left).settled())
                .containsExactly(SettleResult.STALE, SettleResult.ACCEPTED, SettleResult.STALE, SettleResult.ACCEPTED);
        assertThat(fields()).as("the count and the long one").isEqualTo(2);
    }

    /** The script that leaves a few goes on with them. */
    @Test
    void jobsEndInTheSameExchangeThatLeavesAFew() {
        List<Attempt> taken = takeOf(64);
        Settlement.Outcome released = new Settlement.Released(Duration.ofHours(1), Settlement.Why.ASKED);
        List<Settlement> settlements = taken.subList(0, 63).stream()
                .map(attempt -> Settlement.of(attempt.token(), released))
                .toList();

        assertThat(exchange(POOL, settlements)).hasSize(63).containsOnly(SettleResult.ACCEPTED);

        assertThat(held()).isEqualTo(1);
        assertThat(exchange(POOL, settlements)).hasSize(63).containsOnly(SettleResult.STALE);
        assertThat(complete(store, taken.subList(63, 64)).settled()).containsExactly(SettleResult.ACCEPTED);
    }

    @Test
    void whatIsLeftOfATripIsLostWithItsNode() {
        List<Attempt> taken = takeOf(64);
        complete(store, taken.subList(3, 61));

        while (!store.leader().bury(FENCE, "n1", 4).done()) {
            // until nothing is left of it
        }

        assertThat(ready()).isEqualTo(ids(without(taken, taken.subList(3, 61))));
    }

    @Test
    void onlyWhatStillRunsIsDeliveredAgain() {
        List<Attempt> taken = takeOf(TAKEN);
        complete(store, taken.subList(0, 9));
        String one = taken.get(12).token().jobId();

        List<Attempt> again = store.nodes()
                .exchange(taking("n1", TAKEN, Optional.of(Set.of(one))))
                .taken();

        assertThat(again)
                .extracting(Attempt::token)
                .containsExactlyElementsOf(
                        Stream.concat(taken.subList(9, 12).stream(), taken.subList(13, TAKEN).stream())
                                .map(Attempt::token)
                                .toList());
    }

    @Test
    void onlyWhatStillRanIsLostWithItsNode() {
        List<Attempt> taken = takeOf(TAKEN);
        complete(store, taken.subList(0, 9));

        int crashed = 0;
        boolean done = false;
        for (int calls = 0; !done; calls++) {
            assertThat(calls).isLessThan(TAKEN);
            var report = store.leader().bury(FENCE, "n1", 4);
            crashed += report.crashed();
            done = report.done();
        }

        assertThat(crashed).isEqualTo(11);
        assertThat(ready()).isEqualTo(ids(taken.subList(9, TAKEN)));
    }

    @Test
    void aJobEndsWhicheverPoolOfItsNodeTellsIt() {
        List<Attempt> taken = takeOf(2);
        store.intake().push(jobs("other", 1));
        store.leader().assign(FENCE, List.of(new Grant("n1", "second", List.of(QUEUE), Set.of(), 1)));

        assertThat(exchange(
                        "second",
                        List.of(
                                Settlement.of(taken.get(0).token(), new Settlement.Completed()),
                                Settlement.of(
                                        taken.get(1).token(),
                                        new Settlement.Released(Duration.ZERO, Settlement.Why.ASKED)))))
                .containsExactly(SettleResult.ACCEPTED, SettleResult.ACCEPTED);

        assertThat(held()).isEqualTo(1);
    }

    @Test
    void noJobEndsByAnothersToken() {
        // Both have the same hash.
        store.intake().push(List.of(job("Aa"), job("BB")));
        assertThat(assign(store, "n1", 2)).isEqualTo(2);
        List<Attempt> taken = take(store, "n1", 2);
        List<Attempt> unlike = takeOf(2);
        AttemptToken own = taken.get(0).token();
        AttemptToken others =
                new AttemptToken(taken.get(1).token().jobId(), own.number(), own.incarnation(), own.nonce());

        AttemptToken alien =
                new AttemptToken(unlike.get(1).token().jobId(), own.number(), own.incarnation(), own.nonce());
        Settlement.Outcome released = new Settlement.Released(Duration.ZERO, Settlement.Why.ASKED);

        assertThat(exchange(POOL, List.of(Settlement.of(others, released)))).containsExactly(SettleResult.STALE);
        assertThat(exchange(POOL, List.of(Settlement.of(alien, released)))).containsExactly(SettleResult.STALE);
        assertThat(exchange(POOL, List.of(Settlement.of(alien, new Settlement.Completed()))))
                .containsExactly(SettleResult.STALE);
        assertThat(complete(store, taken).settled()).containsExactly(SettleResult.ACCEPTED, SettleResult.ACCEPTED);
    }

    /** The last id of a trip that somebody has cut may be another job's. */
    @Test
    void aJobThatNeverRanIsNotLostWithATripThatWasCut() {
        store.intake().push(List.of(job("aa")));
        assertThat(assign(store, "n1", 1)).isEqualTo(1);
        take(store, "n1", 1);
        store.intake().push(List.of(job("a")));
        change("if #n == 16 then redis.call('HSET', KEYS[1], n, string.sub(v, 1, -2)) end");

        while (!store.leader().bury(FENCE, "n1", 10).done()) {
            // until nothing is left of it
        }

        StoredJob job = store.intake().find("a").orElseThrow();
        assertThat(job.state()).isEqualTo(JobState.READY);
        assertThat(job.counters().crashes()).isZero();
    }

    /** Whatever somebody else has made of one trip, another one is kept, and the burial of the node ends. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cut      | if #n == 16 and string.find(v, 'first', 1, true) then redis.call('HSET', KEYS[1], n, string.sub(v, 1, -4)) end
                    garbage  | if #n == 16 and string.find(v, 'first', 1, true) then redis.call('HSET', KEYS[1], n, string.rep('\\255', 300)) end
                    empty    | if #n == 16 and string.find(v, 'first', 1, true) then redis.call('HSET', KEYS[1], n, '') end
                    bits     | if #n == 16 then redis.call('HSET', KEYS[1], n .. 'e', 'too many bits') end
                    no bits  | if #n == 16 then redis.call('HSET', KEYS[1], n .. 'e', '') end
                    count    | redis.call('HSET', KEYS[1], '', 'many')
                    no count | redis.call('HDEL', KEYS[1], '')
                    too many | redis.call('HSET', KEYS[1], '', '1000')
                    ten      | redis.call('HSET', KEYS[1], '', '10')
                    too few  | redis.call('HSET', KEYS[1], '', '-5')
                    twice    | if #n == 16 and string.find(v, 'first', 1, true) then redis.call('HSET', KEYS[1], n, v .. v .. string.sub(v, 1, 14)) end
                    foreign  | redis.call('HSET', KEYS[1], 'foreign', 'v', 'sixteen letters!', 'v')
                    """)
    void foreignHandsCostNoOtherTrip(String what, String change) {
        push("first", 5);
        List<Attempt> second = push("second", 12);
        change(change);
        List<Attempt> third = push("third", 4);

        List<Attempt> again =
                store.nodes().exchange(taking("n1", 0, Optional.of(Set.of()))).taken();
        assertThat(again.stream().map(attempt -> attempt.token().jobId()).filter(id -> id.startsWith("second")))
                .as(what)
                .hasSize(12);
        assertThat(complete(store, third).settled()).as(what).hasSize(4).containsOnly(SettleResult.ACCEPTED);
        for (int calls = 0; !store.leader().bury(FENCE, "n1", 10).done(); calls++) {
            assertThat(calls).as(what).isLessThan(10);
        }
        assertThat(ready()).as(what).containsAll(ids(second));
    }

    private Set<String> ready() {
        return store.intake().list(QUEUE, JobState.READY, Optional.empty(), 100).jobs().stream()
                .map(StoredJob::id)
                .collect(Collectors.toSet());
    }

    private static Set<String> ids(List<Attempt> attempts) {
        return attempts.stream().map(attempt -> attempt.token().jobId()).collect(Collectors.toSet());
    }

    private void change(String how) {
        ask(server, redis -> redis.eval(FOR_EACH_TRIP + how + " end", ScriptOutputType.STATUS, running(redis)));
    }

    private long fields() {
        return ask(server, redis -> redis.hlen(running(redis)));
    }

    /** Of the trips alone. */
    private long bytes() {
        return ask(server, redis -> redis.hgetall(running(redis)).entrySet().stream()
                .filter(field -> field.getKey().length() > 1)
                .mapToLong(field -> field.getValue().length())
                .sum());
    }

    private static String running(RedisCommands<String, String> redis) {
        return redis.keys("*:h:2:n1" + POOL).get(0);
    }

    private List<Attempt> push(String prefix, int count) {
        store.intake().push(jobs(prefix, count));
        assertThat(store.leader()
                        .assign(FENCE, List.of(new Grant("n1", POOL, List.of(QUEUE), Set.of(), 2_000)))
                        .total())
                .isEqualTo(count);
        return take(store, "n1", count);
    }

    private List<Attempt> takeOf(int count) {
        String prefix = "job-" + held() + "-";
        store.intake().push(jobs(prefix, count));
        assertThat(assign(store, "n1", held() + count)).isEqualTo(count);
        return take(store, "n1", count);
    }

    private int held() {
        return store.leader().incarnations().stream()
                .filter(one -> one.incarnation().equals("n1"))
                .mapToInt(IncarnationRecord::held)
                .sum();
    }

    private List<SettleResult> exchange(String pool, List<Settlement> settlements) {
        return store.nodes()
                .exchange(new Exchange("n1", pool, settlements, 0, Optional.empty()))
                .settled();
    }

    private static List<Attempt> without(List<Attempt> all, List<Attempt> some) {
        return all.stream().filter(attempt -> !some.contains(attempt)).toList();
    }
}
