package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of the jobs of a lost node: nothing is lost, nobody is condemned for a neighbour, a poison job ends. */
public abstract class ReclaimContract extends StoreContract {
    private static final int ROUNDS = 25;

    @Test
    @Tag("K2")
    void burialTakesBackUntakenJobsUnchangedAndRunningOnesAsCrashed() {
        push("running", "untaken", "later");
        admit("lost", "living");
        assign("lost", 2);
        take("lost", 1);

        BuryReport report = bury("lost");

        assertThat(report).isEqualTo(new BuryReport(1, 1, 0, true));
        assertThat(find("untaken").counters()).isEqualTo(Counters.NONE);
        assertThat(find("running").counters()).isEqualTo(new Counters(0, 0, 0, 0, 1, 0));
        assertThat(ids(run("living", 5))).containsExactly("running", "untaken", "later");
    }

    @Test
    @Tag("K2")
    void aBurialInStepsShutsTheIncarnationOutFromTheFirstStepOn() {
        IntStream.range(0, 7).forEach(i -> push("job-" + i));
        admit("lost");
        assign("lost", 7);
        List<Attempt> running = take("lost", 4);

        BuryReport first = store.leader().bury(FENCE, "lost", 2);

        assertThat(first.untaken() + first.crashed()).isEqualTo(2);
        assertThat(first.done()).isFalse();
        assertThatThrownBy(
                        () -> exchange("lost", 5, Settlement.of(running.get(0).token(), COMPLETED)))
                .isInstanceOf(IncarnationBuriedException.class);
        assertThat(store.leader().incarnations()).singleElement().satisfies(record -> {
            assertThat(record.status()).isEqualTo(IncarnationRecord.Status.BURIED);
            assertThat(record.held()).isEqualTo(5);
        });
        BuryReport rest = bury("lost");
        assertThat(first.untaken() + rest.untaken()).isEqualTo(3);
        assertThat(first.crashed() + rest.crashed()).isEqualTo(4);
        assertThat(store.leader().incarnations()).isEmpty();
    }

    @Test
    @Tag("K2")
    void buryingAgainChangesNothing() {
        push("a");
        admit("lost");
        runOne("lost");
        bury("lost");

        assertThat(store.leader().bury(FENCE, "lost", MANY)).isEqualTo(new BuryReport(0, 0, 0, true));

        assertThat(find("a").counters().crashes()).isEqualTo(1);
    }

    @Test
    @Tag("K2")
    void aBuriedIncarnationIsNeverRevived() {
        admit("lost");
        bury("lost");

        assertThatThrownBy(() -> admit("lost"))
                .isInstanceOf(IncarnationBuriedException.class)
                .hasMessageContaining("lost");

        assertThat(store.leader().incarnations()).isEmpty();
    }

    @Test
    @Tag("K2")
    void anIncarnationBuriedBeforeItsAdmissionArrivedIsNotAdmitted() {
        assertThat(bury("late")).isEqualTo(new BuryReport(0, 0, 0, true));

        assertThatThrownBy(() -> admit("late")).isInstanceOf(IncarnationBuriedException.class);
        assertThatThrownBy(() -> exchange("late", 1)).isInstanceOf(IncarnationBuriedException.class);
    }

    @Test
    @Tag("K2")
    void anAssignmentDelayedPastTheBurialOfItsTargetCannotLand() {
        push("a");
        admit("lost");
        List<Grant> delayed = List.of(grant("lost", 5));
        bury("lost");

        assertThat(store.leader().assign(FENCE, delayed).assigned()).containsExactly(0);

        assertThat(state("a")).isEqualTo(JobState.READY);
        assertThat(store.leader().incarnations()).isEmpty();
    }

    @Test
    @Tag("K2")
    void aSettlementOfABuriedAttemptIsRefusedAlsoAfterTheJobRanElsewhere() {
        push("a");
        admit("lost", "living");
        Attempt stale = runOne("lost");
        bury("lost");
        Attempt current = runOne("living");

        assertThatThrownBy(() -> settle(stale, COMPLETED)).isInstanceOf(IncarnationBuriedException.class);
        assertThat(exchange("living", 0, Settlement.of(stale.token(), FAILED)).settled())
                .containsExactly(SettleResult.STALE);

        assertThat(current.fencingToken()).isGreaterThan(stale.fencingToken());
        assertThat(current.counters()).isEqualTo(new Counters(1, 0, 0, 0, 1, 0));
        settleAll(List.of(current), COMPLETED);
    }

    @Test
    @Tag("J12")
    void aNodeHasOneSuspectAtATime() {
        push("s1", "s2");
        crash("s1", "s2");
        push("innocent");
        admit("n1", "n2");

        assertThat(ids(run("n1", 5))).containsExactly("s1", "innocent");
        assertThat(ids(run("n2", 5))).containsExactly("s2");
    }

    @Test
    @Tag("J12")
    void theOneSuspectCountsOverAllPoolsAndEndsWithItsAttempt() {
        push("s1", "s2");
        crash("s1", "s2");
        admit("n1");
        Attempt first = runOne("n1");

        assertThat(assign(new Grant("n1", "other", List.of(QUEUE), Set.of(), 5)))
                .isZero();

        settle(first, RELEASED);
        assertThat(assign(new Grant("n1", "other", List.of(QUEUE), Set.of(), 5)))
                .isEqualTo(1);
    }

    @Test
    @Tag("J12")
    void manySuspectsBeforeThemDoNotHideOtherJobs() {
        String[] suspects = IntStream.range(0, 150).mapToObj(i -> "s" + i).toArray(String[]::new);
        push(suspects);
        crash(suspects);
        push("innocent");
        admit("n1");

        assertThat(ids(run("n1", 5))).containsExactly("s0", "innocent");
    }

    @Test
    @Tag("J12")
    void aSuspectThatCrashesTooOftenFailsWithThatReasonAndItsNeighboursDoNot() {
        push(job("poison").withMaxCrashes(2), job("neighbour").withMaxCrashes(1));
        crash("poison", "neighbour");
        admit("victim");
        assertThat(ids(run("victim", 5))).containsExactly("poison");
        bury("victim");
        assertThat(find("poison").counters()).isEqualTo(new Counters(0, 0, 0, 0, 2, 1));

        admit("last-victim");
        assertThat(ids(run("last-victim", 5))).containsExactly("poison");
        BuryReport report = bury("last-victim");

        assertThat(report).isEqualTo(new BuryReport(0, 0, 1, true));
        StoredJob poison = find("poison");
        assertThat(poison.state()).isEqualTo(JobState.FAILED);
        assertThat(poison.reason()).contains(StoredJob.CRASHED);
        assertThat(poison.payload()).isEqualTo(job("poison").payload());
        assertThat(poison.counters().suspectCrashes()).isEqualTo(2);
        assertThat(find("neighbour").counters()).isEqualTo(new Counters(0, 0, 0, 0, 1, 0));
        assertThat(state("neighbour")).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("J12")
    void aSurvivorTakesTheCrashesOfItsEarlierLifeBackOnce() {
        push("a", "b");
        admit("earlier");
        run("earlier", 2);
        bury("earlier");

        admitSurvivor("later", "earlier");
        admitSurvivor("later", "earlier");
        admitSurvivor("later-still", "earlier");

        assertThat(find("a").counters()).isEqualTo(Counters.NONE);
        assertThat(find("b").counters()).isEqualTo(Counters.NONE);
        assertThat(ids(run("later", 5))).as("no suspects any more").containsExactly("a", "b");
    }

    @Test
    @Tag("J12")
    void aSecondSurvivorTakesNothingBackThatCrashedSince() {
        push("a");
        admit("earlier");
        runOne("earlier");
        bury("earlier");
        admitSurvivor("later", "earlier");
        crash("a");

        admitSurvivor("later-still", "earlier");

        assertThat(find("a").counters()).isEqualTo(new Counters(0, 0, 0, 0, 1, 0));
    }

    @Test
    @Tag("J12")
    void aJobThatEndedMeanwhileIsNotTouchedByASurvivor() {
        push("a");
        admit("earlier", "other");
        runOne("earlier");
        bury("earlier");
        settle(runOne("other"), COMPLETED);

        admitSurvivor("later", "earlier");

        assertThat(state("a")).isEqualTo(JobState.COMPLETED);
        assertThat(assign("later", 5)).isZero();
    }

    @Test
    @Tag("J12")
    void aBurialThatComesAfterTheSurvivorCountsNothing() {
        push("running", "untaken");
        admit("earlier");
        assign("earlier", 2);
        take("earlier", 1);
        admitSurvivor("later", "earlier");

        BuryReport report = bury("earlier");

        assertThat(report.done()).isTrue();
        assertThat(report.failed()).isZero();
        assertThat(find("running").counters()).isEqualTo(Counters.NONE);
        assertThat(ids(run("later", 5))).containsExactly("running", "untaken");
    }

    @Test
    @Tag("J12")
    void aSurvivorOfAnUnknownLifeIsAdmitted() {
        push("a");
        admitSurvivor("later", "never heard of");

        assertThat(ids(run("later", 1))).containsExactly("a");
    }

    @Test
    @Tag("J12")
    void aCrashTakenBackLeavesOtherCrashesAndWhatRunsAlone() {
        push("a");
        crash("a");
        admit("earlier", "other");
        runOne("earlier");
        bury("earlier");
        Attempt running = runOne("other");

        admitSurvivor("later", "earlier");

        assertThat(find("a").counters()).isEqualTo(new Counters(1, 0, 0, 0, 1, 0));
        assertThat(settle(running, COMPLETED)).isEqualTo(SettleResult.ACCEPTED);
    }

    @Test
    @Tag("J12")
    void aJobRunsAndEndsOnceWhoeverTakesItsCrashBackMeanwhile() {
        admit("other");
        for (int round = 0; round < ROUNDS; round++) {
            String id = "job-" + round;
            String earlier = "earlier-" + round;
            String later = "later-" + round;
            push(id);
            admit(earlier);
            assertThat(runOne(earlier).token().jobId()).isEqualTo(id);
            bury(earlier);

            List<Boolean> done = Together.run(2, thread -> thread == 0 ? survives(later, earlier) : runsOnOther(id));

            assertThat(done).containsExactly(true, true);
            assertThat(assign("other", MANY)).as("%s has ended", id).isZero();
            assertThat(state(id)).isEqualTo(JobState.COMPLETED);
        }
    }

    private boolean survives(String later, String earlier) {
        admitSurvivor(later, earlier);
        return true;
    }

    private boolean runsOnOther(String id) {
        List<Attempt> taken = run("other", 1);
        while (taken.isEmpty()) {
            taken = run("other", 1);
        }
        return ids(taken).equals(List.of(id)) && settle(taken.get(0), COMPLETED) == SettleResult.ACCEPTED;
    }

    @Test
    @Tag("K4")
    void aLeavingIncarnationThatIsLostIsBuriedLikeAnyOther() {
        push("a");
        admit("leaving");
        runOne("leaving");
        store.nodes().leave("leaving");

        assertThat(bury("leaving")).isEqualTo(new BuryReport(0, 1, 0, true));

        assertThat(store.leader().incarnations()).isEmpty();
        assertThat(find("a").counters().crashes()).isEqualTo(1);
    }

    @Test
    @Tag("K2")
    void incarnationsAreListedWithWhatTheyHold() {
        IntStream.range(0, 5).forEach(i -> push("job-" + i));
        admit("b", "a");
        assign("b", 3);
        take("b", 2);

        assertThat(store.leader().incarnations())
                .extracting(IncarnationRecord::incarnation, IncarnationRecord::held)
                .containsExactly(tuple("a", 0), tuple("b", 3));
    }

    /** Lets ready jobs, which are the only ones, crash together on a node that is lost. */
    private void crash(String... ids) {
        String lost = "lost-with-" + ids[0];
        admit(lost);
        assertThat(run(lost, ids.length)).hasSize(ids.length);
        assertThat(bury(lost).crashed()).isEqualTo(ids.length);
    }
}
