package io.muster.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.chaos.check.Checker.Findings;
import io.muster.chaos.history.Kind;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each rule refuses a history that breaks it, and lets those pass that only look like it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckerTest {
    private final Set<String> broken = new HashSet<>();

    /** A rule for which nobody has written a bad history may be one that refuses nothing. */
    @AfterAll
    void everyRuleHasABadHistory() {
        assertThat(broken).containsExactlyInAnyOrderElementsOf(Checker.sentences());
    }

    private void refuses(Told told, Rule rule, String... words) {
        Findings findings = Checker.check(told.history());
        assertThat(findings.violations())
                .extracting(Violation::rule)
                .as("%s", findings.violations())
                .contains(rule.sentence());
        assertThat(findings.violations().stream()
                        .filter(violation -> violation.rule().equals(rule.sentence()))
                        .map(Violation::text))
                .anySatisfy(text -> assertThat(text).contains(words));
        broken.add(rule.sentence());
    }

    private static void accepts(Told told) {
        assertThat(Checker.check(told.history()).violations()).isEmpty();
    }

    private static Told pushed(String plan, Work work, String... more) {
        return new Told().pushing(plan, work, more).pushed(plan);
    }

    @Test
    void aJobThatRanAndWasSettledIsFine() {
        accepts(pushed("a", Work.PLAIN).ran("a", 1).ends("a", "COMPLETED").nothingLeft());
    }

    @Test
    void anAcknowledgedJobThatIsGoneIsRefused() {
        refuses(pushed("a", Work.PLAIN).nothingLeft(), new AcknowledgedIsSettled(), "UNKNOWN TO THE STORE");
    }

    @Test
    void aJobThatFailsWithoutReasonIsRefused() {
        refuses(
                pushed("a", Work.PLAIN)
                        .began("node-1", "a", 1, 1)
                        .ended("node-1", "a", 1, "threw")
                        .settled("node-1", "a", 1, "failed")
                        .ends("a", "FAILED")
                        .nothingLeft(),
                new AcknowledgedIsSettled(),
                "FAILED");
    }

    @Test
    void aJobThatWasToFailAndCompletedIsRefused() {
        refuses(
                pushed("a", Work.FAILING).ran("a", 1).ends("a", "COMPLETED").nothingLeft(),
                new AcknowledgedIsSettled(),
                "not FAILED");
    }

    @Test
    void aPushOfUnknownOutcomeMayBeGoneOrNot() {
        accepts(new Told().pushing("a", Work.PLAIN).answered("a", "unknown", "").nothingLeft());
        accepts(new Told()
                .pushing("a", Work.PLAIN)
                .answered("a", "unknown", "")
                .ran("a", 1)
                .ends("a", "COMPLETED")
                .nothingLeft());
    }

    @Test
    void aRefusedPushThatTheStoreHasIsRefused() {
        refuses(
                new Told()
                        .pushing("a", Work.PLAIN)
                        .answered("a", "refused", "")
                        .ran("a", 1)
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new RefusedIsNotApplied(),
                "a was refused");
    }

    @Test
    void aPushThatWasRefusedAtFirstAndAcceptedThenIsFine() {
        accepts(new Told()
                .pushing("a", Work.PLAIN)
                .answered("a", "refused", "")
                .pushing("a", Work.PLAIN)
                .pushed("a")
                .ran("a", 1)
                .ends("a", "COMPLETED")
                .nothingLeft());
    }

    @Test
    void twoAcceptedSettlementsAreRefused() {
        refuses(
                pushed("a", Work.PLAIN)
                        .ran("a", 1)
                        .ran("a", 2)
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new SettledOnce(),
                "2 times");
    }

    @Test
    void aCompletionWithoutARunIsRefused() {
        refuses(
                pushed("a", Work.PLAIN)
                        .began("node-1", "a", 1, 1)
                        .settled("node-1", "a", 1, "completed")
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new SettledOnce(),
                "without a handler");
    }

    @Test
    void anEndThatContradictsItsSettlementIsRefused() {
        refuses(
                pushed("a", Work.PLAIN).ran("a", 1).ends("a", "FAILED").nothingLeft(),
                new SettledOnce(),
                "completed and is FAILED");
    }

    @Test
    void aSettlementOfAnAttemptThatWasNotTheLastIsRefused() {
        refuses(
                pushed("a", Work.PLAIN)
                        .began("node-1", "a", 1, 1)
                        .began("node-2", "a", 2, 1)
                        .ended("node-1", "a", 1, "done")
                        .settled("node-1", "a", 1, "completed")
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new NoStaleSettlement(),
                "later attempt");
    }

    @Test
    void aSettlementOfABuriedIncarnationIsRefused() {
        refuses(
                pushed("a", Work.PLAIN)
                        .began("node-1", "a", 1, 1)
                        .say("driver", Kind.INCARNATION, "incarnation", "node-1-a", "status", "BURIED", "held", "0")
                        .ended("node-1", "a", 1, "done")
                        .settled("node-1", "a", 1, "completed")
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new NoStaleSettlement(),
                "buried before");
    }

    @Test
    void aStaleHandlerThatRunsOnUnheardIsFine() {
        accepts(pushed("a", Work.PLAIN)
                .began("node-1", "a", 1, 1)
                .ran("a", 2)
                .ended("node-1", "a", 1, "stopped")
                .ends("a", "COMPLETED")
                .nothingLeft());
    }

    @Test
    void twoLiveJobsOfOneKeyAreRefused() {
        refuses(
                new Told()
                        .pushing("a", Work.UNIQUE, "unique", "k")
                        .pushed("a")
                        .pushing("b", Work.UNIQUE, "unique", "k")
                        .pushed("b")
                        .ran("a", 1)
                        .ran("b", 2)
                        .ends("a", "COMPLETED")
                        .ends("b", "COMPLETED")
                        .nothingLeft(),
                new UniqueKeys(),
                "two live jobs");
    }

    @Test
    void aDuplicateOfADeadJobIsRefused() {
        refuses(
                new Told()
                        .pushing("a", Work.UNIQUE, "unique", "k")
                        .pushed("a")
                        .ran("a", 1)
                        .pushing("b", Work.UNIQUE, "unique", "k")
                        .answered("b", "duplicate", "a")
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new UniqueKeys(),
                "settled before");
    }

    @Test
    void aKeyGoesFromOneJobToTheNext() {
        accepts(new Told()
                .pushing("a", Work.UNIQUE, "unique", "k")
                .pushed("a")
                .pushing("b", Work.UNIQUE, "unique", "k")
                .answered("b", "duplicate", "a")
                .ran("a", 1)
                .pushing("c", Work.UNIQUE, "unique", "k")
                .pushed("c")
                .ran("c", 2)
                .ends("a", "COMPLETED")
                .ends("c", "COMPLETED")
                .nothingLeft());
    }

    @Test
    void anAttemptThatBeginsWhileTheValidOneRunsIsRefused() {
        refuses(
                new Told()
                        .pushing("a", Work.OVERLAP, "overlap", "k")
                        .pushed("a")
                        .pushing("b", Work.OVERLAP, "overlap", "k")
                        .pushed("b")
                        .began("node-1", "a", 1, 1, "overlap", "k")
                        .ran("b", 2, "overlap", "k")
                        .ended("node-1", "a", 1, "done")
                        .settled("node-1", "a", 1, "completed")
                        .ends("a", "COMPLETED")
                        .ends("b", "COMPLETED")
                        .nothingLeft(),
                new OverlapKeys(),
                "valid attempt");
    }

    @Test
    void aStaleAttemptThatOverlapsIsCountedOnly() {
        Told told = new Told()
                .pushing("a", Work.OVERLAP, "overlap", "k")
                .pushed("a")
                .began("node-2", "a", 1, 1, "overlap", "k")
                .ran("a", 2, "overlap", "k")
                .ended("node-2", "a", 1, "stopped")
                .ends("a", "COMPLETED")
                .nothingLeft();
        accepts(told);
        assertThat(Checker.check(told.history()).figures()).containsEntry("physical overlaps of stale attempts", "1");
    }

    private static Told chain(String... more) {
        return pushed("c", Work.CHAIN, more);
    }

    @Test
    void aChainInItsOrderIsFine() {
        accepts(chain("count", "2")
                .ranPart("c", "link-0", 1)
                .ranPart("c", "link-1", 2)
                .ends("c.link-0", "COMPLETED")
                .ends("c.link-1", "COMPLETED")
                .nothingLeft());
    }

    @Test
    void aLinkThatNeverCameIsRefused() {
        refuses(
                chain("count", "2")
                        .ranPart("c", "link-0", 1)
                        .ends("c.link-0", "COMPLETED")
                        .nothingLeft(),
                new AcknowledgedIsSettled(),
                "link-1 never began");
    }

    @Test
    void aLinkThatCameTooEarlyIsRefused() {
        refuses(
                chain("count", "2")
                        .ranPart("c", "link-1", 2)
                        .ranPart("c", "link-0", 1)
                        .ends("c.link-0", "COMPLETED")
                        .ends("c.link-1", "COMPLETED")
                        .nothingLeft(),
                new FollowUps(),
                "before the link before it");
    }

    @Test
    void aLinkBehindTheOneThatFailedIsRefused() {
        refuses(
                chain("count", "2", "failsAt", "0")
                        .ranPart("c", "link-1", 2)
                        .ends("c.link-1", "COMPLETED")
                        .nothingLeft(),
                new FollowUps(),
                "behind the link that failed");
    }

    @Test
    void aLinkThatWasPushedTwiceIsRefused() {
        refuses(
                chain("count", "1")
                        .ranPart("c", "link-0", 1)
                        .ran("other", 2, "plan", "c", "part", "link-0")
                        .ends("c.link-0", "COMPLETED")
                        .ends("other", "COMPLETED")
                        .nothingLeft(),
                new FollowUps(),
                "pushed 2 times");
    }

    @Test
    void aCallbackBeforeItsLastMemberIsRefused() {
        refuses(
                pushed("b", Work.BATCH, "count", "2")
                        .ranPart("b", "member-0", 1)
                        .ranPart("b", "then", 2)
                        .ranPart("b", "member-1", 3)
                        .ranPart("b", "finally", 4)
                        .ends("b.member-0", "COMPLETED")
                        .ends("b.member-1", "COMPLETED")
                        .ends("b.then", "COMPLETED")
                        .ends("b.finally", "COMPLETED")
                        .nothingLeft(),
                new FollowUps(),
                "had not ended");
    }

    @Test
    void aTickThatDidNotFireOrFiredTwiceIsRefused() {
        refuses(ticks("schedule.minute.20260101T0001", "schedule.minute.20260101T0003"), new Ticks(), "pushed 0 times");
        refuses(
                ticks(
                        "schedule.minute.20260101T0001",
                        "schedule.minute.20260101T0002",
                        "again.20260101T0002",
                        "schedule.minute.20260101T0003"),
                new Ticks(),
                "pushed 2 times");
        accepts(ticks(
                "schedule.minute.20260101T0001", "schedule.minute.20260101T0002", "schedule.minute.20260101T0003"));
    }

    private static Told ticks(String... jobs) {
        Told told = new Told().say("driver", Kind.SCHEDULE, "schedule", "minute");
        int fence = 0;
        for (String job : jobs) {
            told.ran(job, ++fence, "plan", "minute", "part", "tick");
        }
        told.after(200).say("driver", Kind.SCHEDULE, "schedule", "minute", "graceMillis", "10000");
        for (String job : jobs) {
            told.ends(job, "COMPLETED");
        }
        return told.nothingLeft();
    }

    @Test
    void aTokenThatIsGivenTwiceIsRefused() {
        refuses(
                pushed("a", Work.PLAIN)
                        .began("node-2", "a", 1, 1)
                        .ran("a", 1)
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new FencesGrow(),
                "under one token");
    }

    @Test
    void aTermWithTwoLeadersIsRefused() {
        refuses(
                new Told()
                        .say("node-1", Kind.LEADER, "term", "5", "node", "node-1", "incarnation", "x")
                        .say("node-2", Kind.LEADER, "term", "5", "node", "node-2", "incarnation", "y")
                        .nothingLeft(),
                new FencesGrow(),
                "two leaders");
        refuses(
                new Told()
                        .say("node-1", Kind.LEADER, "term", "5", "node", "node-1", "incarnation", "x")
                        .say("node-1", Kind.LEADER, "term", "4", "node", "node-2", "incarnation", "y")
                        .nothingLeft(),
                new FencesGrow(),
                "after term 5");
    }

    @Test
    void twoWhoTrustThatTheyLeadAreRefused() {
        Told two = new Told().trusts("node-1", 1).trusts("node-2", 2).trusts("node-1", 1);
        accepts(two.nothingLeft());
        refuses(two.trusts("node-2", 2), new OneTrusts(), "node-1 under term 1 and node-2 under term 2");
    }

    @Test
    void aCrashThatCountsAsATryIsRefused() {
        refuses(
                pushed("a", Work.PLAIN)
                        .began("node-1", "a", 1, 1)
                        .began("node-2", "a", 2, 2)
                        .ended("node-2", "a", 2, "done")
                        .settled("node-2", "a", 2, "completed")
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new CrashIsNoTry(),
                "attempt 2");
    }

    @Test
    void aFailureIsATry() {
        accepts(pushed("a", Work.RETRIED)
                .began("node-1", "a", 1, 1)
                .ended("node-1", "a", 1, "threw")
                .began("node-2", "a", 2, 2)
                .ended("node-2", "a", 2, "done")
                .settled("node-2", "a", 2, "completed")
                .ends("a", "COMPLETED")
                .nothingLeft());
    }

    private static Told killed(double reclaimedAfter) {
        return new Told()
                .say("driver", Kind.FAULT, "id", "1", "fault", "kill node", "target", "node-1", "incarnation", "x")
                .after(reclaimedAfter)
                .say("driver", Kind.INCARNATION, "incarnation", "x", "status", "BURIED", "held", "0")
                .after(20)
                .say("driver", Kind.HEALED, "id", "1");
    }

    @Test
    void aReclaimThatTakesTooLongIsRefused() {
        refuses(killed(3.6).nothingLeft(), new ReclaimInTime(), "3600 ms");
        accepts(killed(3.4).nothingLeft());
    }

    @Test
    void aReclaimOnALateMachineHasMoreTime() {
        Told told = new Told()
                .say("driver", Kind.FAULT, "id", "1", "fault", "kill node", "target", "node-1", "incarnation", "x")
                .after(2)
                .say("driver", Kind.LAG, "millis", "1000")
                .after(1.6)
                .say("driver", Kind.INCARNATION, "incarnation", "x", "status", "BURIED", "held", "0");
        accepts(told.nothingLeft());
    }

    @Test
    void aReclaimDuringAnotherFaultIsNotJudged() {
        accepts(new Told()
                .say("driver", Kind.FAULT, "id", "1", "fault", "kill node", "target", "node-1", "incarnation", "x")
                .say("driver", Kind.FAULT, "id", "2", "fault", "freeze server", "target", "store")
                .after(8)
                .say("driver", Kind.INCARNATION, "incarnation", "x", "status", "BURIED", "held", "0")
                .nothingLeft());
    }

    @Test
    void whatIsLeftIsRefused() {
        refuses(new Told().say("driver", Kind.LEFT, "live", "3", "which", "[a, b, c]"), new NothingIsLeft(), "3 jobs");
        refuses(new Told(), new NothingIsLeft(), "did not come to its end");
        refuses(pushed("a", Work.PLAIN).ends("a", "RUNNING").nothingLeft(), new NothingIsLeft(), "RUNNING");
    }

    @Test
    void whatIsUsedAtRestMustNotGrow() {
        refuses(soaked(60), new NoDrift(), "node-1 threads: 60 at the end");
        refuses(
                new Told()
                        .say("driver", Kind.REST, "rest", "1", "which", "BASELINE")
                        .nothingLeft(),
                new NoDrift(),
                "its last rest");
        accepts(soaked(21));
    }

    private static Told soaked(int threads) {
        return new Told()
                .say("driver", Kind.REST, "rest", "1", "which", "BASELINE")
                .say("node-1", Kind.RESTED, "rest", "1", "pid", "7", "threads", "20")
                .say("driver", Kind.REST, "rest", "2", "which", "LAST")
                .say("node-1", Kind.RESTED, "rest", "2", "pid", "7", "threads", "" + threads)
                .nothingLeft();
    }
}
