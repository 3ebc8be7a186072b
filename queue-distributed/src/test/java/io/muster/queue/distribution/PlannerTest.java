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
        Seat other = new Seat("n", "b", "main", QueueOrder.strict("reports"), Set.of(), 9, true);
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
        Seat closed = new Seat("n", "b", "main", QueueOrder.strict("default"), Set.of(), 9, false);

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

    private static Seat seat(String incarnation, int concurrency) {
        return new Seat("node", incarnation, "main", QueueOrder.strict("default"), Set.of("mail"), concurrency, true);
    }
}
