package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Grant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C7")
@Tag("C8")
class PlannerTest {
    private static final Map<String, Integer> NOTHING_KNOWN = Map.of();

    @Test
    void withoutSeatsThereAreNoGrants() {
        assertThat(Planner.plan(List.of(), Map.of(), NOTHING_KNOWN, Map.of(), 7))
                .isEmpty();
    }

    @Test
    void aSeatIsGrantedItsSlotsWhileNobodyKnowsHowMuchIsReady() {
        List<Grant> grants = Planner.plan(List.of(seat("a", 3)), Map.of("a/main", 50), NOTHING_KNOWN, Map.of(), 0);

        assertThat(grants).containsExactly(new Grant("a", "main", List.of("default"), Set.of("mail"), 3));
    }

    @Test
    void aSeatIsNeverGrantedMoreThanItsCredit() {
        List<Grant> grants =
                Planner.plan(List.of(seat("a", 3)), Map.of("a/main", 2), Map.of("default", 100), Map.of(), 0);

        assertThat(grants).extracting(Grant::limit).containsExactly(2);
    }

    @Test
    void aSeatWithoutKnownCreditIsGrantedItsSlots() {
        List<Grant> grants = Planner.plan(List.of(seat("a", 3)), Map.of(), Map.of("default", 100), Map.of(), 0);

        assertThat(grants).extracting(Grant::limit).containsExactly(3);
    }

    @Test
    void beyondTheirSlotsSeatsShareWhatIsReadyByTheirSlots() {
        List<Seat> seats = List.of(seat("a", 1), seat("b", 3));
        Map<String, Integer> credit = Map.of("a/main", 1000, "b/main", 1000);

        List<Grant> grants = Planner.plan(seats, credit, Map.of("default", 40), Map.of(), 0);

        assertThat(grants).extracting(Grant::limit).containsExactly(1 + 10, 3 + 30);
    }

    @Test
    void aPartOfAJobIsRoundedUpSoThatNoneIsLeftOver() {
        List<Seat> seats = List.of(seat("a", 1), seat("b", 1), seat("c", 1));
        Map<String, Integer> credit = Map.of("a/main", 1000, "b/main", 1000, "c/main", 1000);

        List<Grant> grants = Planner.plan(seats, credit, Map.of("default", 4), Map.of(), 0);

        assertThat(grants).extracting(Grant::limit).containsOnly(1 + 2);
    }

    @Test
    void seatsOfOtherQueuesTakeNoShare() {
        Seat other = new Seat("n", "b", "main", QueueOrder.strict("reports"), Set.of(), 9, 0, Seat.State.OPEN);
        Map<String, Integer> credit = Map.of("a/main", 1000, "b/main", 1000);

        List<Grant> grants =
                Planner.plan(List.of(seat("a", 1), other), credit, Map.of("default", 40, "reports", 0), Map.of(), 0);

        assertThat(grants).extracting(Grant::limit).containsExactly(1 + 40, 9);
    }

    @Test
    void theFirstSeatRotatesWithTheRound() {
        List<Seat> seats = List.of(seat("a", 1), seat("b", 1), seat("c", 1));

        assertThat(order(seats, 0)).containsExactly("a", "b", "c");
        assertThat(order(seats, 1)).containsExactly("b", "c", "a");
        assertThat(order(seats, 5)).containsExactly("c", "a", "b");
    }

    @Test
    void closedSeatsGetNothingAndCountForNothing() {
        Seat closed = new Seat("n", "b", "main", QueueOrder.strict("default"), Set.of(), 9, 0, Seat.State.CLOSED);

        List<Grant> grants = Planner.plan(
                List.of(closed, seat("a", 1)),
                Map.of("a/main", 1000, "b/main", 1000),
                Map.of("default", 40),
                Map.of(),
                0);

        assertThat(grants).extracting(Grant::incarnation).containsExactly("a");
        assertThat(grants).extracting(Grant::limit).containsExactly(1 + 40);
    }

    private static List<String> order(List<Seat> seats, long round) {
        return Planner.plan(seats, Map.of(), NOTHING_KNOWN, Map.of(), round).stream()
                .map(Grant::incarnation)
                .toList();
    }

    @Test
    void whatWaitsBehindLongJobsIsTakenBackForFreeSlotsElsewhere() {
        List<Seat> seats = List.of(seat("busy", 3), seat("idle", 2));

        List<Planner.Revocation> revocations =
                Planner.revocations(seats, Map.of("idle/main", 2), Map.of("busy", 10, "idle", 0));

        assertThat(revocations).containsExactly(new Planner.Revocation(seat("busy", 3), 2));
    }

    @Test
    void noMoreIsTakenBackThanLiesBeyondTheSlots() {
        List<Seat> seats = List.of(seat("idle", 5), seat("first", 2), seat("second", 2));

        List<Planner.Revocation> revocations =
                Planner.revocations(seats, Map.of("idle/main", 5), Map.of("first", 3, "second", 4));

        assertThat(revocations)
                .containsExactly(
                        new Planner.Revocation(seat("first", 2), 1), new Planner.Revocation(seat("second", 2), 2));
    }

    @Test
    void whileNobodyIsIdleNothingIsTakenBackFromAnOpenPool() {
        assertThat(Planner.revocations(List.of(seat("a", 1), seat("b", 1)), Map.of(), Map.of("a", 50, "b", 1)))
                .isEmpty();
    }

    @Test
    void anIdlePoolGetsNothingFromWhoSharesNoQueueOrTypeWithIt() {
        Seat busy = seat("busy", 1);
        Seat otherQueue =
                new Seat("n", "q", "main", QueueOrder.strict("reports"), Set.of("mail"), 4, 4, Seat.State.OPEN);
        Seat otherType =
                new Seat("n", "t", "main", QueueOrder.strict("default"), Set.of("report"), 4, 4, Seat.State.OPEN);

        assertThat(Planner.revocations(
                        List.of(busy, otherQueue, otherType),
                        Map.of("q/main", 4, "t/main", 4),
                        Map.of("busy", 9, "q", 0, "t", 0)))
                .isEmpty();
    }

    @Test
    void ofAPoolThatTakesNothingAllThatIsUntakenIsTakenBack() {
        for (Seat.State state : List.of(Seat.State.WEDGED, Seat.State.STORE_SILENT, Seat.State.CLOSED)) {
            Seat shut = new Seat("n", "shut", "main", QueueOrder.strict("default"), Set.of(), 3, 0, state);

            assertThat(Planner.revocations(List.of(shut, seat("open", 1)), Map.of(), Map.of("shut", 7)))
                    .containsExactly(new Planner.Revocation(shut, 7));
            assertThat(Planner.revocations(List.of(shut), Map.of(), Map.of("shut", 0)))
                    .isEmpty();
        }
    }

    @Test
    void aPoolThatTakesNothingIsGivenNothingTakenBackElsewhere() {
        Seat wedged = new Seat("n", "w", "main", QueueOrder.strict("default"), Set.of(), 3, 3, Seat.State.WEDGED);

        assertThat(Planner.revocations(List.of(seat("busy", 1), wedged), Map.of("w/main", 3), Map.of("busy", 9)))
                .isEmpty();
    }

    private static Seat seat(String incarnation, int concurrency) {
        return new Seat(
                "node",
                incarnation,
                "main",
                QueueOrder.strict("default"),
                Set.of("mail"),
                concurrency,
                0,
                Seat.State.OPEN);
    }
}
