package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("J1")
class ServedTypesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long START = -5;

    private final ServedTypes served = new ServedTypes(START);

    @Test
    void nothingIsSaidBeforeThisProcessHasWatchedLongEnough() {
        served.seen(List.of(seat("mail")), START);

        assertThat(served.within(HOUR, after(Duration.ofMinutes(59)))).isEmpty();
        served.seen(List.of(seat("mail")), after(HOUR));
        assertThat(served.within(HOUR, after(HOUR))).contains(Set.of("mail"));
    }

    @Test
    void aTypeCountsAsServedForThatLongAfterItsLastNodeLeft() {
        served.seen(List.of(seat("mail"), seat("report")), after(HOUR));
        served.seen(List.of(seat("report")), after(HOUR.multipliedBy(2)));

        assertThat(served.within(HOUR, after(HOUR.multipliedBy(2)))).contains(Set.of("mail", "report"));
        assertThat(served.within(HOUR, after(HOUR.multipliedBy(2).plusNanos(1))))
                .contains(Set.of("report"));
    }

    @Test
    void aSeatWithoutTypesServesAllSoNothingIsSaid() {
        served.seen(List.of(seat("mail"), seat()), after(HOUR));

        assertThat(served.within(HOUR, after(HOUR))).isEmpty();
    }

    @Test
    void whileNoNodeWorksAtAllNothingIsSaid() {
        served.seen(List.of(), after(HOUR.multipliedBy(5)));
        served.seen(List.of(seat("mail")), after(HOUR.multipliedBy(5).plusMinutes(1)));

        assertThat(served.within(HOUR, after(HOUR.multipliedBy(5).plusMinutes(30))))
                .isEmpty();
    }

    private static long after(Duration time) {
        return START + time.toNanos();
    }

    private static Seat seat(String... types) {
        return new Seat("node", "node-1", "main", QueueOrder.strict("default"), Set.of(types), 1, 0, Seat.State.OPEN);
    }
}
