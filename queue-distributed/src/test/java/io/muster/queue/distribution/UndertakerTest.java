package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("K2")
@Tag("J12")
class UndertakerTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 7);

    private final List<String> calls = new ArrayList<>();
    private final Set<String> live = new TreeSet<>();
    private final RecordingDesk desk = new RecordingDesk(calls);
    private final Undertaker undertaker = new Undertaker(desk, () -> {
        calls.add("membership");
        return Set.copyOf(live);
    });

    @Test
    void itReadsTheStoreFirstAndTheMembershipAfterBecauseNodesRegisterBeforeTheyAreAdmitted() {
        knows("a", Status.ADMITTED, 1);
        live.add("a");

        Undertaker.Report report = undertaker.round(FENCE, Set.of());

        assertThat(calls).containsExactly("incarnations", "membership");
        assertThat(report).isEqualTo(new Undertaker.Report(0, 0, false));
    }

    @Test
    void withNobodyToLoseItAsksTheCoordinatorNothing() {
        knows("a", Status.BURIED, 0);

        undertaker.round(FENCE, Set.of());

        assertThat(calls).containsExactly("incarnations");
    }

    @Test
    void whoIsAdmittedAndNotListedIsBuriedUnderTheFence() {
        knows("a", Status.ADMITTED, 0);
        knows("b", Status.ADMITTED, 3);
        live.add("a");
        desk.burials.add(new BuryReport(1, 2, 0, true));

        Undertaker.Report report = undertaker.round(FENCE, Set.of());

        assertThat(calls).containsExactly("incarnations", "membership", "bury b@7");
        assertThat(report).isEqualTo(new Undertaker.Report(1, 3, false));
    }

    @Test
    void aBurialIsRepeatedUntilNothingIsLeft() {
        knows("a", Status.ADMITTED, 450);
        desk.burials.add(new BuryReport(200, 0, 0, false));
        desk.burials.add(new BuryReport(0, 199, 1, false));
        desk.burials.add(new BuryReport(50, 0, 0, true));

        Undertaker.Report report = undertaker.round(FENCE, Set.of());

        assertThat(calls).containsExactly("incarnations", "membership", "bury a@7", "bury a@7", "bury a@7");
        assertThat(report.reclaimed()).isEqualTo(450);
    }

    @Test
    void aBurialThatTakesNothingBackAndDoesNotEndHoldsTheLeaderUpNoLonger() {
        knows("a", Status.ADMITTED, 3);
        knows("b", Status.ADMITTED, 1);
        desk.burials.add(new BuryReport(0, 2, 0, false));
        desk.burials.add(new BuryReport(0, 0, 0, false));
        desk.burials.add(new BuryReport(0, 1, 0, true));

        Undertaker.Report report = undertaker.round(FENCE, Set.of());

        assertThat(calls).containsExactly("incarnations", "membership", "bury a@7", "bury a@7", "bury b@7");
        assertThat(report).isEqualTo(new Undertaker.Report(2, 3, false));
    }

    @Test
    void anUnfinishedBurialOfAnEarlierLeaderIsFinished() {
        knows("a", Status.BURIED, 2);
        live.add("a");

        assertThat(undertaker.round(FENCE, Set.of()).buried()).isEqualTo(1);
        assertThat(calls).contains("bury a@7");
    }

    @Test
    void whoLeavesAndIsGoneIsBuriedAndSoIsWhomTheStoreDoesNotKnow() {
        knows("leaving", Status.LEAVING, 1);
        knows("unknown", Status.UNKNOWN, 1);

        assertThat(undertaker.round(FENCE, Set.of()).buried()).isEqualTo(2);
    }

    @Test
    void ifHalfOfThemVanishAtOnceItLooksAgainBeforeItCondemnsAnybody() {
        for (String node : List.of("a", "b", "c", "d")) {
            knows(node, Status.ADMITTED, 1);
        }
        live.addAll(Set.of("a", "b"));

        Undertaker.Report first = undertaker.round(FENCE, Set.of());
        assertThat(first).isEqualTo(new Undertaker.Report(0, 0, true));
        assertThat(calls).containsExactly("incarnations", "membership");

        Undertaker.Report second = undertaker.round(FENCE, Set.of());
        assertThat(second.buried()).isEqualTo(2);
        assertThat(calls).contains("bury c@7", "bury d@7").doesNotContain("bury a@7", "bury b@7");
    }

    @Test
    void whoIsBackAtTheSecondLookIsNotBuried() {
        for (String node : List.of("a", "b", "c")) {
            knows(node, Status.ADMITTED, 1);
        }
        assertThat(undertaker.round(FENCE, Set.of()).lookAgain()).isTrue();
        live.addAll(Set.of("a", "b", "c"));

        assertThat(undertaker.round(FENCE, Set.of())).isEqualTo(new Undertaker.Report(0, 0, false));
        assertThat(calls).noneMatch(call -> call.startsWith("bury"));
    }

    @Test
    void othersThatVanishAtTheSecondLookAreLookedAtAgain() {
        for (String node : List.of("a", "b", "c", "d")) {
            knows(node, Status.ADMITTED, 1);
        }
        live.addAll(Set.of("a", "b"));
        assertThat(undertaker.round(FENCE, Set.of()).lookAgain()).isTrue();
        live.clear();
        live.addAll(Set.of("c", "d"));

        assertThat(undertaker.round(FENCE, Set.of())).isEqualTo(new Undertaker.Report(0, 0, true));
    }

    @Test
    void whoIsGivenUpIsBuriedThoughItLives() {
        knows("a", Status.ADMITTED, 1);
        knows("b", Status.ADMITTED, 1);
        live.addAll(Set.of("a", "b"));

        assertThat(undertaker.round(FENCE, Set.of("b")).buried()).isEqualTo(1);
        assertThat(calls).contains("bury b@7").doesNotContain("bury a@7");
    }

    @Test
    void oneOfTwoIsBuriedAtOnce() {
        knows("a", Status.ADMITTED, 1);
        knows("b", Status.ADMITTED, 1);
        live.add("a");

        assertThat(undertaker.round(FENCE, Set.of()).buried()).isEqualTo(1);
    }

    private void knows(String incarnation, Status status, int held) {
        desk.known.add(new IncarnationRecord(incarnation, "node of " + incarnation, Instant.EPOCH, status, held));
    }
}
