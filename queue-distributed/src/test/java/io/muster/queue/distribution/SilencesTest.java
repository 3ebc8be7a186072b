package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("K2")
class SilencesTest {
    private static final long SECOND = 1_000_000_000L;

    private final Silences silences = new Silences(Duration.ofSeconds(8));

    @Test
    void aNodeIsGivenUpOnceItHasSaidSoForTheGrace() {
        silences.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT)), 0);

        assertThat(silences.present()).isTrue();
        assertThat(silences.longerThanGrace(8 * SECOND - 1)).isEmpty();
        assertThat(silences.longerThanGrace(8 * SECOND)).containsExactly("a");
    }

    @Test
    void sayingItAgainDoesNotBeginTheGraceAnew() {
        silences.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT)), 0);
        silences.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT)), 5 * SECOND);

        assertThat(silences.longerThanGrace(8 * SECOND)).isEqualTo(Set.of("a"));
    }

    @Test
    void aNodeThatTheStoreAnswersAgainIsNotGivenUp() {
        silences.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT)), 0);
        silences.seen(List.of(seat("a", "main", Seat.State.OPEN)), 5 * SECOND);
        silences.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT)), 6 * SECOND);

        assertThat(silences.longerThanGrace(9 * SECOND)).isEmpty();
    }

    @Test
    void anAnswerToOnePoolIsAnAnswerToTheNode() {
        silences.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT), seat("a", "second", Seat.State.OPEN)), 0);

        assertThat(silences.present()).isFalse();
    }

    @Test
    void whileTheLeaderItselfHearsNothingNobodysGraceRuns() {
        silences.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT)), 0);
        silences.forget(7 * SECOND);

        assertThat(silences.longerThanGrace(17 * SECOND - 1)).isEmpty();
        assertThat(silences.longerThanGrace(17 * SECOND)).containsExactly("a");
    }

    @Test
    void aNodeThatHearsLateThatTheStoreIsBackIsNotGivenUpBefore() {
        Silences impatient = new Silences(Duration.ofSeconds(2));
        impatient.forget(0);
        impatient.seen(List.of(seat("a", "main", Seat.State.STORE_SILENT)), SECOND);

        assertThat(impatient.longerThanGrace(10 * SECOND - 1)).isEmpty();
        assertThat(impatient.longerThanGrace(10 * SECOND)).containsExactly("a");
    }

    private static Seat seat(String incarnation, String pool, Seat.State state) {
        return new Seat("node", incarnation, pool, QueueOrder.strict("default"), Set.of(), 3, 0, state);
    }
}
