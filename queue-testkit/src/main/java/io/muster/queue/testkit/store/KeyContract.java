package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Unique and overlap keys: who holds them, and that nobody else frees them. */
public abstract class KeyContract extends StoreContract {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONGER = Duration.ofMillis(1100);

    @Test
    @Tag("J5")
    void aUniqueKeyAdmitsOneLiveJobAndNamesItsHolder() {
        push(unique("a"));

        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.DuplicateOf("b", "a"));
        assertThat(pushOne(job("c").withUnique(UniqueKey.of("other")))).isEqualTo(new PushOutcome.Pushed("c"));
        assertThat(store.intake().find("b")).isEmpty();
    }

    @Test
    @Tag("J5")
    void everyEndOfTheJobFreesItsUniqueKey() {
        admit("n1");
        int round = 0;
        for (Settlement.Outcome end : List.of(COMPLETED, FAILED, DISCARDED)) {
            push(unique("job-" + round++));
            settle(runOne("n1"), end);
        }

        push(unique("last"));
        assertThat(state("last")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("J5")
    void aUniqueKeyIsHeldWhileItsJobIsDelayedAssignedRunningReleasedOrReclaimed() {
        admit("n1", "n2");
        push(unique("a").withDueAt(environment.now().plus(SHORT)));
        assertHeldBy("a");
        environment.pass(LONGER);
        tend();
        assign("n1", 1);
        assertHeldBy("a");
        Attempt running = take("n1", 1).get(0);
        assertHeldBy("a");
        settle(running, RELEASED);
        assertHeldBy("a");
        runOne("n1");
        bury("n1");
        assertHeldBy("a");
        settle(runOne("n2"), COMPLETED);

        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.Pushed("b"));
    }

    @Test
    @Tag("J5")
    void aUniqueKeyWithATimeEndsThenAndTheFirstJobsEndDoesNotFreeTheSecondsHold() {
        UniqueKey timed = new UniqueKey("key", Optional.of(SHORT), UniqueKey.Until.SETTLED);
        admit("n1");
        push(job("a").withUnique(timed));
        Attempt first = runOne("n1");
        assertHeldBy("a");

        environment.pass(LONGER);
        push(unique("b"));

        assertThat(settle(first, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
        assertHeldBy("b");
    }

    @Test
    @Tag("J5")
    void aTimedUniqueKeyIsFreeEarlierIfItsJobEndsEarlier() {
        admit("n1");
        push(job("a").withUnique(new UniqueKey("key", Optional.of(SHORT), UniqueKey.Until.SETTLED)));
        settle(runOne("n1"), COMPLETED);
        push(unique("b"));

        environment.pass(LONGER);
        tend();

        assertHeldBy("b");
    }

    @Test
    @Tag("J5")
    void aKeyUntilProcessingIsFreeOnceItsJobIsTakenAndNotHeldAgain() {
        admit("n1");
        push(job("a").withUnique(new UniqueKey("key", Optional.empty(), UniqueKey.Until.PROCESSING)));
        assign("n1", 1);
        assertHeldBy("a");

        Attempt first = take("n1", 1).get(0);
        push(unique("b"));
        settle(first, RELEASED);
        settle(run("n1", 2).get(1), COMPLETED);

        assertHeldBy("b");
    }

    @Test
    @Tag("J5")
    void aRefusedDuplicateDoesNotFreeTheKey() {
        push(unique("a"));

        pushOne(unique("b"));

        assertHeldBy("a");
    }

    @Test
    @Tag("J5")
    void aPoisonJobThatFailsFreesItsUniqueKey() {
        push(unique("a").withMaxCrashes(1));
        for (String lost : List.of("n1", "n2")) {
            admit(lost);
            runOne(lost);
            bury(lost);
        }

        assertThat(state("a")).isEqualTo(JobState.FAILED);
        assertThat(pushOne(unique("b"))).isEqualTo(new PushOutcome.Pushed("b"));
    }

    @Test
    @Tag("J5")
    void ofManyPushesOfOneKeyAtOnceOneIsAccepted() {
        List<JobStore> handles = List.of(store, environment.openStore());
        for (int round = 0; round < 20; round++) {
            UniqueKey key = UniqueKey.of("key-" + round);
            String prefix = "round-" + round + "-";

            List<PushOutcome> outcomes = Together.run(4, i -> handles.get(i % 2)
                    .intake()
                    .push(List.of(job(prefix + i).withUnique(key)))
                    .get(0));

            List<PushOutcome> pushed = outcomes.stream()
                    .filter(PushOutcome.Pushed.class::isInstance)
                    .toList();
            assertThat(pushed).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(PushOutcome.DuplicateOf.class::isInstance)
                    .hasSize(3)
                    .allMatch(outcome -> ((PushOutcome.DuplicateOf) outcome)
                            .holderJobId()
                            .equals(pushed.get(0).jobId()));
        }
    }

    @Test
    @Tag("M3")
    void oneAttemptAtATimeHoldsAnOverlapKeyAndOthersDoNotWaitBehind() {
        push(overlapping("a"), overlapping("b"), overlapping("c"), job("free"));
        admit("n1", "n2");

        assertThat(ids(run("n1", 3))).containsExactly("a", "free");
        assertThat(assign("n2", 5)).isZero();
        assertThat(state("b")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("M3")
    void anOverlapKeyIsHeldFromTheAssignmentOn() {
        push(overlapping("a"), overlapping("b"));
        admit("n1");

        assertThat(assign("n1", 5)).isEqualTo(1);
    }

    @Test
    @Tag("M3")
    void anOverlapKeyCountsInAllQueues() {
        push(overlapping("a"), NewJob.of("b", "other", TYPE, new byte[0]).withOverlap(OverlapKey.of("key")));
        admit("n1");

        assertThat(assign(grant("n1", 5, QUEUE, "other"))).isEqualTo(1);
    }

    @Test
    @Tag("M3")
    void everyEndOfAnAttemptFreesItsOverlapKeyForTheNextInOrder() {
        admit("n1");
        int round = 0;
        for (Settlement.Outcome end : List.of(COMPLETED, FAILED, DISCARDED, RELEASED)) {
            push(overlapping("first-" + round), overlapping("second-" + round++));
            Attempt first = runOne("n1");

            settle(first, end);

            Attempt second = runOne("n1");
            assertThat(second.token().jobId()).startsWith("second-");
            settle(second, COMPLETED);
            run("n1", 1).forEach(released -> settle(released, COMPLETED));
        }
    }

    @Test
    @Tag("M3")
    void aReturnedRevokedReclaimedOrGivenBackJobFreesItsOverlapKey() {
        push(overlapping("a"));
        admit("n1", "n2", "n3", "n4");

        settle(runOne("n1"), RETURNED);
        assertThat(assign("n1", 1)).isEqualTo(1);
        store.leader().revoke(FENCE, "n1", POOL, 1);
        assertThat(assign("n2", 1)).isEqualTo(1);
        store.nodes().leave("n2");
        assertThat(assign("n3", 1)).isEqualTo(1);
        bury("n3");

        assertThat(ids(run("n4", 1))).containsExactly("a");
    }

    @Test
    @Tag("M3")
    void aReclaimedJobFreesItsKeyForOthersToo() {
        push(overlapping("a"), overlapping("b"));
        admit("n1", "n2");
        runOne("n1");
        bury("n1");

        Attempt again = runOne("n2");
        assertThat(again.token().jobId()).isEqualTo("a");
        settle(again, COMPLETED);

        assertThat(ids(run("n2", 5))).containsExactly("b");
    }

    @Test
    @Tag("M3")
    void aTimedOverlapKeyEndsThoughItsHolderRunsWhoseEndFreesNothingThen() {
        push(job("a").withOverlap(new OverlapKey("key", Optional.of(SHORT))), overlapping("b"), overlapping("c"));
        admit("n1", "n2");
        Instant before = environment.now();
        Attempt first = runOne("n1");
        int early = assign("n2", 1);
        boolean inTime = environment.now().isBefore(before.plus(SHORT));
        assertThat(early).as("unless the machine was slower than the key").isLessThanOrEqualTo(inTime ? 0 : 1);

        environment.pass(LONGER);
        tend();

        Attempt second = runOne("n2");
        assertThat(second.token().jobId()).isEqualTo("b");
        assertThat(settle(first, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
        assertThat(assign("n1", 5)).isZero();
        settle(second, COMPLETED);
        assertThat(ids(run("n1", 1))).containsExactly("c");
    }

    @Test
    @Tag("M3")
    void aStaleSettlementDoesNotFreeTheOverlapKey() {
        push(overlapping("a"), overlapping("b"));
        admit("n1");
        Attempt first = runOne("n1");
        settle(first, RETURNED);
        Attempt second = runOne("n1");
        assertThat(second.token().jobId()).isEqualTo("a");

        assertThat(settle(first, COMPLETED)).isEqualTo(SettleResult.STALE);

        assertThat(assign("n1", 5)).isZero();
    }

    @Test
    @Tag("M3")
    void theQueueIsDrainedThoughManyJobsWantTheSameKey() {
        IntStream.range(0, 40).forEach(i -> push(overlapping("same-" + i), job("free-" + i)));
        admit("n1", "n2");

        List<String> done = new ArrayList<>();
        while (done.size() < 80) {
            List<Attempt> attempts = new ArrayList<>(run("n1", 3));
            attempts.addAll(run("n2", 3));
            assertThat(attempts).isNotEmpty();
            assertThat(ids(attempts)).filteredOn(id -> id.startsWith("same-")).hasSizeLessThanOrEqualTo(1);
            settleAll(attempts, COMPLETED);
            done.addAll(ids(attempts));
        }

        assertThat(done).doesNotHaveDuplicates();
        assertThat(done)
                .filteredOn(id -> id.startsWith("same-"))
                .isEqualTo(IntStream.range(0, 40).mapToObj(i -> "same-" + i).toList());
    }

    @Test
    @Tag("M3")
    void assignmentsAtOnceGiveOneKeyToOneAttempt() {
        List<JobStore> handles = List.of(store, environment.openStore());
        admit("n0", "n1", "n2", "n3");
        IntStream.range(0, 20).forEach(i -> push(overlapping("job-" + i)));
        for (int round = 0; round < 20; round++) {
            List<Integer> assigned = Together.run(4, i -> handles.get(i % 2)
                    .leader()
                    .assign(FENCE, List.of(grant("n" + i, 5)))
                    .total());

            assertThat(assigned.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1);
            IntStream.range(0, 4).forEach(i -> settleAll(take("n" + i, 5), COMPLETED));
        }
    }

    private static NewJob unique(String id) {
        return job(id).withUnique(UniqueKey.of("key"));
    }

    private static NewJob overlapping(String id) {
        return job(id).withOverlap(OverlapKey.of("key"));
    }

    private PushOutcome pushOne(NewJob job) {
        return store.intake().push(List.of(job)).get(0);
    }

    private void assertHeldBy(String holder) {
        assertThat(pushOne(unique("probe"))).isEqualTo(new PushOutcome.DuplicateOf("probe", holder));
    }
}
