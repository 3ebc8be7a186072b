package io.muster.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.chaos.check.Checker.Findings;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a failover of servers may lose by their promise is told apart from violations, and only for writes about a failover. */
class DeclaredLossesTest {
    private static final String STORE = "store";

    private static Told run(String... more) {
        Told told = new Told();
        told.events().clear();
        List<String> said = new ArrayList<>(List.of("ttlMillis", "2000", "slackMillis", "500", "jobs", STORE));
        said.addAll(List.of(more));
        return told.say("driver", Kind.RUN, said.toArray(String[]::new)).role(STORE, "A", true);
    }

    /** The replica B takes over from the master A, which is gone for two seconds by then. */
    private static Told failedOver(Told told) {
        return told.role(STORE, "A", false).after(2).role(STORE, "B", true);
    }

    private static void onlyDeclares(Told told, Rule... rules) {
        Findings findings = Checker.check(told.history());
        assertThat(findings.violations()).isEmpty();
        assertThat(findings.declared())
                .extracting(Violation::rule)
                .containsExactlyInAnyOrder(Stream.of(rules).map(Rule::sentence).toArray(String[]::new));
        for (Rule rule : rules) {
            assertThat(findings.figures()).containsEntry("declared: " + rule.loss(), "1");
        }
    }

    private static void refuses(Told told, Rule rule) {
        assertThat(Checker.check(told.history()).violations())
                .extracting(Violation::rule)
                .contains(rule.sentence());
    }

    @Test
    void aPushJustBeforeAFailoverMayBeLostAndNoOther() {
        onlyDeclares(failedOver(run().pushing("a", Work.PLAIN).pushed("a")).nothingLeft(), new AcknowledgedIsSettled());
        refuses(
                failedOver(run().pushing("a", Work.PLAIN).pushed("a").after(8)).nothingLeft(),
                new AcknowledgedIsSettled());
        refuses(
                failedOver(run()).after(3).pushing("a", Work.PLAIN).pushed("a").nothingLeft(),
                new AcknowledgedIsSettled());
    }

    @Test
    void aLostChainIsOneLoss() {
        Findings findings = Checker.check(
                failedOver(run().pushing("a", Work.CHAIN, "count", "3").pushed("a"))
                        .nothingLeft()
                        .history());
        assertThat(findings.declared()).hasSize(3);
        assertThat(findings.figures()).containsEntry("declared: acknowledged pushes lost", "1");
    }

    @Test
    void anOutageWithoutAFailoverLosesNothing() {
        refuses(
                run().pushing("a", Work.PLAIN)
                        .pushed("a")
                        .role(STORE, "A", false)
                        .role(STORE, "A", true)
                        .nothingLeft(),
                new AcknowledgedIsSettled());
    }

    @Test
    void aFailoverOfTheCoordinatorLosesNoJobsOfAStoreOfItsOwn() {
        refuses(
                run().role("coordinator", "A", true)
                        .pushing("a", Work.PLAIN)
                        .pushed("a")
                        .role("coordinator", "A", false)
                        .role("coordinator", "B", true)
                        .nothingLeft(),
                new AcknowledgedIsSettled());
    }

    @Test
    void whatAFormerMasterTakesAfterItsReturnMayBeLost() {
        onlyDeclares(
                failedOver(run())
                        .after(20)
                        .role(STORE, "A", true)
                        .pushing("a", Work.PLAIN)
                        .pushed("a")
                        .role(STORE, "A", false)
                        .nothingLeft(),
                new AcknowledgedIsSettled());
    }

    @Test
    void whatAFrozenMasterTakesWhenItWakesMayBeLost() {
        onlyDeclares(
                failedOver(run().say("driver", Kind.FAULT, "id", "1", "fault", "freeze server", "target", STORE))
                        .after(20)
                        .say("driver", Kind.HEALED, "id", "1")
                        .after(0.5)
                        .pushing("a", Work.PLAIN)
                        .pushed("a")
                        .nothingLeft(),
                new AcknowledgedIsSettled());
    }

    @Test
    void aSettlementMayBeLostAndTheJobSettledAgain() {
        onlyDeclares(
                failedOver(run().pushing("a", Work.PLAIN).pushed("a").ran("a", 1))
                        .after(9)
                        .ran("a", 2)
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new SettledOnce(),
                new NoStaleSettlement());
    }

    @Test
    void aSettlementThatWasNotLostIsOneTooMany() {
        refuses(
                failedOver(run().pushing("a", Work.PLAIN).pushed("a").ran("a", 1))
                        .after(9)
                        .ran("a", 2)
                        .after(9)
                        .ran("a", 3)
                        .ends("a", "COMPLETED")
                        .nothingLeft(),
                new SettledOnce());
    }

    @Test
    void theTermOfALeaderMayBeLost() {
        Told told = run("sessionLife", "false", "replicated", "coordinator")
                .role("coordinator", "A", true)
                .trusts("node-1", 1)
                .role("coordinator", "A", false)
                .role("coordinator", "B", true)
                .trusts("node-2", 2)
                .trusts("node-1", 1)
                .trusts("node-2", 2);
        onlyDeclares(told.nothingLeft(), new OneTrusts());
        refuses(
                run("sessionLife", "false", "replicated", "coordinator")
                        .trusts("node-1", 1)
                        .trusts("node-2", 2)
                        .trusts("node-1", 1)
                        .trusts("node-2", 2)
                        .nothingLeft(),
                new OneTrusts());
    }

    @Test
    void whatIsStuckIsNoLoss() {
        refuses(failedOver(run()).say("driver", Kind.LEFT, "live", "1", "which", "[a]"), new NothingIsLeft());
    }
}
