package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Unique and overlap keys of the same jobs, and keys together with time, retries and clearing: they compose. */
public abstract class KeyCombinationContract extends StoreContract {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONGER = Duration.ofMillis(1100);
    private static final UniqueKey TIMED = new UniqueKey("key", Optional.of(SHORT), UniqueKey.Until.SETTLED);
    private static final UniqueKey UNTIL_PROCESSING =
            new UniqueKey("key", Optional.empty(), UniqueKey.Until.PROCESSING);
    private static final OverlapKey ONE_AT_A_TIME = OverlapKey.of("key");

    @Test
    @Tag("J5")
    @Tag("M3")
    void aJobUniqueUntilProcessingThatMayNotOverlapWaitsForTheRunningOneAndIsNotLost() {
        admit("n1", "n2");
        push(both("first"));
        Attempt first = runOne("n1");

        push(both("second"));
        assertThat(assign("n2", 1)).isZero();
        assertThat(pushOne(both("third"))).isEqualTo(new PushOutcome.DuplicateOf("third", "second"));

        assertThat(settle(first, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
        Attempt second = runOne("n2");
        assertThat(second.token().jobId()).isEqualTo("second");
        assertThat(second.counters().starts()).isEqualTo(1);
        push(both("fourth"));
        assertThat(assign("n1", 1)).isZero();
        settle(second, COMPLETED);
        assertThat(runOne("n1").token().jobId()).isEqualTo("fourth");
    }

    @Test
    @Tag("J5")
    @Tag("M3")
    void aReleasedJobKeepsItsUniqueKeyWhileItsOverlapKeyIsFreeForOthers() {
        admit("n1");
        push(job("a").withUnique(UniqueKey.of("key")).withOverlap(ONE_AT_A_TIME));
        push(job("b").withOverlap(ONE_AT_A_TIME));

        settle(runOne("n1"), new Settlement.Released(SHORT, Settlement.Why.EXCEPTION));

        assertThat(state("a")).isEqualTo(JobState.DELAYED);
        assertThat(pushOne(job("c").withUnique(UniqueKey.of("key")))).isEqualTo(new PushOutcome.DuplicateOf("c", "a"));
        assertThat(runOne("n1").token().jobId()).isEqualTo("b");
    }

    @Test
    @Tag("J5")
    void aJobThatIsHeldBackKeepsItsUniqueKey() {
        admit("n1");
        push(job("a").withUnique(UniqueKey.of("key")));

        settle(runOne("n1"), new Settlement.Released(SHORT, Settlement.Why.HELD));

        assertThat(pushOne(job("b").withUnique(UniqueKey.of("key")))).isEqualTo(new PushOutcome.DuplicateOf("b", "a"));
    }

    @Test
    @Tag("J5")
    void onceItsTimeIsOverTheFirstJobNeitherFreesTheKeyNorTakesItBackWhateverBecomesOfIt() {
        admit("n1", "n2");
        push(job("a").withUnique(TIMED));
        Attempt first = runOne("n1");
        environment.pass(LONGER);
        push(job("b").withUnique(UniqueKey.of("key"))
                .withDueAt(environment.now().plus(Duration.ofHours(1))));

        settle(first, RELEASED);
        assertHeldBy("b");
        runOne("n2");
        assertHeldBy("b");
        bury("n2");
        assertHeldBy("b");
        settle(runOne("n1"), FAILED);
        assertHeldBy("b");
    }

    @Test
    @Tag("J5")
    void aTimedKeyEndsThoughItsJobStillWaitsAndThatJobRunsAllTheSame() {
        admit("n1");
        push(job("a").withUnique(TIMED));
        environment.pass(LONGER);

        push(job("b").withUnique(TIMED));

        assertThat(ids(run("n1", 2))).containsExactly("a", "b");
    }

    @Test
    @Tag("J5")
    @Tag("M3")
    void clearingAJobThatWaitsForItsOverlapKeyFreesItsUniqueKey() {
        admit("n1", "n2");
        push(job("holder").withOverlap(ONE_AT_A_TIME));
        Attempt holder = runOne("n1");
        push(job("a").withUnique(UniqueKey.of("key")).withOverlap(ONE_AT_A_TIME));
        assertThat(assign("n2", 1)).isZero();

        while (store.intake().clear(QUEUE, MANY) > 0) {
            assertThat(store.intake().find("a")).isEmpty();
        }

        push(job("b").withUnique(UniqueKey.of("key")).withOverlap(ONE_AT_A_TIME));
        settle(holder, COMPLETED);
        assertThat(runOne("n2").token().jobId()).isEqualTo("b");
    }

    private static NewJob both(String id) {
        return job(id).withUnique(UNTIL_PROCESSING).withOverlap(ONE_AT_A_TIME);
    }

    private PushOutcome pushOne(NewJob job) {
        return store.intake().push(List.of(job)).get(0);
    }

    private void assertHeldBy(String holder) {
        assertThat(pushOne(job("probe").withUnique(UniqueKey.of("key"))))
                .isEqualTo(new PushOutcome.DuplicateOf("probe", holder));
    }
}
