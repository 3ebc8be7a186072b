package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("K2")
class RevokerTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 7);
    private static final long SECOND = 1_000_000_000L;
    private static final Map<String, Integer> NOTHING_READY = Map.of("default", 0);

    private final List<String> calls = new ArrayList<>();
    private final RecordingDesk desk = new RecordingDesk(calls);
    private final Revoker revoker = new Revoker(desk);

    @BeforeEach
    void lead() {
        seats(List.of(seat("busy", 0, Seat.State.OPEN), seat("idle", 0, Seat.State.OPEN)));
        revoker.begin(0);
        seats(List.of(seat("busy", 0, Seat.State.OPEN), seat("idle", 0, Seat.State.OPEN)));
        holds("busy", 9);
        desk.revokes = 3;
    }

    @Test
    void aHungryPoolGetsWhatWaitsElsewhere() {
        revoker.hungry("idle", Set.of("main"));

        Revoker.Report report = revoker.round(FENCE, NOTHING_READY, 0);

        assertThat(calls).containsExactly("incarnations", "revoke busy/main 3");
        assertThat(report.from()).extracting(Seat::incarnation).containsExactly("busy");
        assertThat(report.next()).isZero();
    }

    @Test
    void whileNobodyIsIdleTheStoreIsAskedNothing() {
        revoker.round(FENCE, NOTHING_READY, 0);

        assertThat(calls).isEmpty();
    }

    @Test
    void whatIsReadyForAHungryPoolIsAssignedAndNothingTakenBack() {
        revoker.hungry("idle", Set.of("main"));

        revoker.round(FENCE, Map.of("default", 4), 0);

        assertThat(calls).isEmpty();
    }

    @Test
    void aPoolThatWasGivenSomethingIsHungryNoMore() {
        revoker.hungry("idle", Set.of("main"));
        given("idle", 3, 1, 0);

        revoker.round(FENCE, NOTHING_READY, 0);

        assertThat(calls).isEmpty();
    }

    @Test
    void aHeartbeatSaysWhoIsIdleTooUnlessItWasGivenSomethingSince() {
        seats(List.of(seat("busy", 0, Seat.State.OPEN), seat("idle", 2, Seat.State.OPEN)));
        given("idle", 3, 1, 0);
        revoker.round(FENCE, NOTHING_READY, SECOND);
        assertThat(calls).isEmpty();

        revoker.round(FENCE, NOTHING_READY, 11 * SECOND);
        assertThat(calls).containsExactly("incarnations", "revoke busy/main 2");
    }

    @Test
    void ifNobodyHoldsMoreThanItsSlotsItLooksNoMoreUntilSomebodyWasGivenMore() {
        desk.known.clear();
        holds("busy", 3);
        revoker.hungry("idle", Set.of("main"));
        revoker.round(FENCE, NOTHING_READY, 0);
        assertThat(calls).containsExactly("incarnations");

        revoker.round(FENCE, NOTHING_READY, 60 * SECOND);
        assertThat(calls).hasSize(1);

        given("busy", 4, 1, 60 * SECOND);
        revoker.round(FENCE, NOTHING_READY, 61 * SECOND);
        assertThat(calls).hasSize(2);
    }

    @Test
    void theLessComesOfLookingTheMoreRarelyItLooks() {
        desk.revokes = 0;
        revoker.hungry("idle", Set.of("main"));
        int looks = 0;
        for (long nanos = 0; nanos < 30 * SECOND; nanos += SECOND / 100) {
            int before = calls.size();
            revoker.round(FENCE, NOTHING_READY, nanos);
            looks += calls.size() > before ? 1 : 0;
        }

        assertThat(looks).isBetween(6, 12);
    }

    @Test
    void aPoolThatClosesIsLookedAtAtOnceAndThenNowAndThen() {
        desk.revokes = 0;
        revoker.round(FENCE, NOTHING_READY, 0);
        assertThat(calls).isEmpty();
        seats(List.of(seat("busy", 0, Seat.State.WEDGED), seat("idle", 0, Seat.State.OPEN)));

        Duration next = revoker.round(FENCE, NOTHING_READY, 1).next();
        assertThat(calls).containsExactly("incarnations", "revoke busy/main 9");
        assertThat(next).isPositive();

        revoker.round(FENCE, NOTHING_READY, 2);
        assertThat(calls).hasSize(2);
        revoker.round(FENCE, NOTHING_READY, 10 * SECOND);
        assertThat(calls).hasSize(4);
    }

    private void seats(List<Seat> seats) {
        revoker.seats(seats, seats);
    }

    private void given(String incarnation, int limit, int assigned, long nanos) {
        revoker.assigned(
                List.of(new Grant(incarnation, "main", List.of("default"), Set.of(), limit)),
                new AssignReport(List.of(assigned), NOTHING_READY),
                nanos);
    }

    private void holds(String incarnation, int held) {
        desk.known.add(
                new IncarnationRecord(incarnation, "node", Instant.EPOCH, IncarnationRecord.Status.ADMITTED, held));
    }

    private static Seat seat(String incarnation, int free, Seat.State state) {
        return new Seat("node", incarnation, "main", QueueOrder.strict("default"), Set.of(), 3, free, state);
    }
}
