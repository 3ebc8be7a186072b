package io.muster.cluster.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.SessionStatus.State;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C12")
class SessionLifeTest {
    private static final long ORIGIN = Long.MAX_VALUE - 5_000_000_000L;
    private static final SessionLife FRESH = SessionLife.opened(ORIGIN, Duration.ofSeconds(4));

    /** Some milliseconds after the origin; the ticker overflows on the way, as it may. */
    private static long at(long millis) {
        return ORIGIN + millis * 1_000_000;
    }

    @Test
    void silenceMakesItSuspectAtHalfTheTtlAndLostBeforeTheTtlIsOver() {
        assertThat(FRESH.at(at(1_999)).state()).isEqualTo(State.ACTIVE);
        assertThat(FRESH.at(at(2_000)).state()).isEqualTo(State.SUSPECT);
        assertThat(FRESH.at(at(3_759)).state()).isEqualTo(State.SUSPECT);
        assertThat(FRESH.at(at(3_760)).state()).isEqualTo(State.LOST);
    }

    @Test
    void trustEndsOnePercentAndAMarginBeforeTheTtl() {
        assertThat(FRESH.trustedFor(at(0))).isEqualTo(Duration.ofMillis(4_000 - 40 - 200));
        assertThat(SessionLife.opened(0, Duration.ofSeconds(1)).trustedFor(0))
                .isEqualTo(Duration.ofMillis(1_000 - 10 - 100));
        assertThat(FRESH.trustedFor(at(3_760))).isZero();
    }

    @Test
    void confirmationCountsFromTheStartOfTheAttempt() {
        SessionLife life = FRESH.confirmed(at(1_000), at(1_700));

        assertThat(life.state()).isEqualTo(State.ACTIVE);
        assertThat(life.at(at(2_999)).state()).isEqualTo(State.ACTIVE);
        assertThat(life.at(at(3_000)).state()).isEqualTo(State.SUSPECT);
    }

    @Test
    void aSlowConfirmationMayLeaveItSuspect() {
        assertThat(FRESH.confirmed(at(100), at(2_500)).state()).isEqualTo(State.SUSPECT);
    }

    @Test
    void aConfirmationMakesASuspectSessionActiveAgain() {
        assertThat(FRESH.at(at(2_500)).confirmed(at(2_600), at(2_700)).state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void anOlderConfirmationTakesNothingBack() {
        SessionLife life = FRESH.confirmed(at(1_000), at(1_100)).confirmed(at(500), at(1_200));

        assertThat(life.confirmedNanos()).isEqualTo(at(1_000));
    }

    @Test
    void aConfirmationLookedAtAfterTrustRanOutChangesNothing() {
        SessionLife life = FRESH.confirmed(at(3_700), at(3_760));

        assertThat(life.state()).isEqualTo(State.LOST);
        assertThat(life.confirmed(at(3_800), at(3_801)).state()).isEqualTo(State.LOST);
    }

    @Test
    void lostIsFinalAndClosedToo() {
        assertThat(FRESH.ended().state()).isEqualTo(State.LOST);
        assertThat(FRESH.ended().trustedFor(at(0))).isZero();
        assertThat(FRESH.ended().confirmed(at(1), at(1)).state()).isEqualTo(State.LOST);
        assertThat(FRESH.closed().ended().state()).isEqualTo(State.CLOSED);
        assertThat(FRESH.closed().at(at(9_999)).state()).isEqualTo(State.CLOSED);
    }

    @Test
    void itSaysWhenToLookAgain() {
        assertThat(FRESH.unchangedFor(at(500))).isEqualTo(Duration.ofMillis(1_500));
        assertThat(FRESH.unchangedFor(at(2_500))).isEqualTo(Duration.ofMillis(1_260));
        assertThat(FRESH.at(at(500)).state()).isEqualTo(State.ACTIVE);
    }
}
