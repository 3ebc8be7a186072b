package io.muster.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import io.muster.servers.LocalServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lanes whose entries contain overlap keys, whatever else looks into them; and more jobs that want a held key than one script handles. */
@Tag("M3")
class OverlapKeysTest extends StoreOnServer {
    private static final String LONGEST_ID = "a".repeat(NewJob.MOST_ID_CHARACTERS);
    private static final OverlapKey TIMED = new OverlapKey("key", Optional.of(Duration.ofHours(1)));

    private LocalServer server;
    private RedisStore store;

    @BeforeEach
    void openStore() {
        server = quickServer();
        store = withNode(server);
    }

    @Test
    void jobsThatWantAHeldKeyAreNotInTheWayHoweverMany() {
        store.intake().push(List.of(keyed("first", "key")));
        assertThat(assign(store, "n1", 1)).isEqualTo(1);
        for (int batch = 0; batch < 5; batch++) {
            store.intake()
                    .push(jobs("same-" + batch + "-", 200).stream()
                            .map(job -> job.withOverlap(OverlapKey.of("key")))
                            .toList());
        }
        store.intake().push(List.of(keyed("free", "other")));

        assertThat(assign(store, "n1", 10)).isEqualTo(1);
        assertThat(ids(take(store, "n1", 10))).containsExactly("first", "free");
    }

    @Test
    void jobsOfOneGroupWithTheSameKeyFollowEachOther() {
        store.intake()
                .push(jobs("job-", 6).stream()
                        .map(job -> job.withOverlap(OverlapKey.of("key")))
                        .toList());

        for (int i = 0; i < 6; i++) {
            assertThat(assign(store, "n1", 10)).isEqualTo(1);
            List<Attempt> taken = take(store, "n1", 10);
            assertThat(ids(taken)).containsExactly("job-" + i);
            complete(store, taken);
        }
    }

    @Test
    void aTimedHoldIsWaitedForByJobsOfAllLanes() {
        store.intake()
                .push(List.of(
                        job("timed").withOverlap(TIMED),
                        keyed("keyed", "key"),
                        job("timed-too").withOverlap(TIMED),
                        job("none")));

        assertThat(assign(store, "n1", 10)).isEqualTo(2);
        List<Attempt> taken = take(store, "n1", 10);
        assertThat(ids(taken)).containsExactly("timed", "none");
        complete(store, taken);
        assertThat(assign(store, "n1", 10)).isEqualTo(1);
        taken = take(store, "n1", 10);
        assertThat(ids(taken)).containsExactly("keyed");
        complete(store, taken);
        assertThat(assign(store, "n1", 10)).isEqualTo(1);
        assertThat(ids(take(store, "n1", 10))).containsExactly("timed-too");
    }

    @Test
    void theLongestIdIsFoundListedTakenAndCleared() {
        store.intake().push(List.of(keyed(LONGEST_ID, "key")));
        store.intake().push(List.of(keyed("b", "other"), job("c")));

        assertThat(store.intake()
                        .list(QUEUE, JobState.READY, Optional.empty(), 10)
                        .jobs())
                .extracting(StoredJob::id)
                .containsExactly(LONGEST_ID, "b", "c");
        assertThat(assign(store, "n1", 1)).isEqualTo(1);
        List<Attempt> taken = take(store, "n1", 1);
        assertThat(ids(taken)).containsExactly(LONGEST_ID);
        complete(store, taken);
        assertThat(store.intake().find(LONGEST_ID))
                .hasValueSatisfying(job -> assertThat(job.state()).isEqualTo(JobState.COMPLETED));
        assertThat(store.intake().clear(QUEUE, 10)).isEqualTo(2);
        assertThat(store.intake().find("b")).isEmpty();
    }

    @Test
    void aJobOfATypeThatNobodyServesFailsInItsLane() {
        store.intake().push(List.of(keyed("a", "key"), keyed("b", "other")));

        assertThat(store.leader().failUnserved(FENCE, List.of("another"), Duration.ZERO, Instant.now()))
                .isEqualTo(2);
        assertThat(store.intake().find("b"))
                .hasValueSatisfying(job -> assertThat(job.state()).isEqualTo(JobState.FAILED));
    }

    @Test
    @Tag("J5")
    void aJobWithBothKeysFreesBothWhenItCompletes() {
        NewJob both = job("a").withUnique(UniqueKey.of("one")).withOverlap(OverlapKey.of("key"));
        store.intake().push(List.of(both, keyed("b", "key")));
        assertThat(assign(store, "n1", 10)).isEqualTo(1);

        complete(store, take(store, "n1", 10));

        assertThat(assign(store, "n1", 10)).isEqualTo(1);
        assertThat(store.intake().push(List.of(job("c").withUnique(UniqueKey.of("one")))))
                .containsExactly(new PushOutcome.Pushed("c"));
    }

    /** Redis would else look through up to 512 of them, one by one, for each key of each job; in a set of numbers it moves them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("J5")
    void heldKeysAreATableHoweverFewTheyAre(boolean timed) {
        NewJob keyed = timed ? job("a").withOverlap(TIMED) : keyed("a", "17");
        String held = timed ? "*:k" : "*:ko";
        store.intake().push(List.of(job("b").withUnique(UniqueKey.of("one"))));
        assertThat(assign(store, "n1", 10)).isEqualTo(1);
        store.intake().push(List.of(keyed));
        assertThat(assign(store, "n1", 10)).isEqualTo(1);
        assertThat(encodings(held)).containsOnly("hashtable");

        complete(store, take(store, "n1", 10));

        assertThat(encodings(held)).containsOnly("hashtable");
        ask(server, redis -> redis.del(redis.keys(held).get(0)));
        store.intake().push(List.of(keyed.withId("c"), job("d")));
        assertThat(assign(store, "n1", 10)).as("from two lanes").isEqualTo(2);
        assertThat(encodings(held)).containsOnly("hashtable");
    }

    private List<String> encodings(String held) {
        return ask(
                server,
                redis -> List.of(
                        redis.objectEncoding(redis.keys(held).get(0)),
                        redis.objectEncoding(redis.keys("*:u").get(0))));
    }

    private static NewJob keyed(String id, String key) {
        return job(id).withOverlap(OverlapKey.of(key));
    }

    private static List<String> ids(List<Attempt> attempts) {
        return attempts.stream().map(attempt -> attempt.token().jobId()).toList();
    }
}
