package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("K1")
class PrefetchTest {
    private final Prefetch prefetch = new Prefetch();

    @Test
    void aPoolThatHasRunNothingTakesNothingAhead() {
        assertThat(prefetch.beyond(4)).isZero();
    }

    @Test
    void handlersThatDoSomethingTakeNothingAhead() {
        ran(400, Duration.ofNanos(110_000));

        assertThat(prefetch.beyond(4)).isZero();
    }

    @Test
    void handlersThatDoNextToNothingTakeAheadWhatTheirSlotsRunInTenMilliseconds() {
        ran(400, Duration.ofNanos(90_000));

        assertThat(prefetch.beyond(4)).isBetween(420, 445);
    }

    @Test
    void aPoolNeverTakesMoreThanFiveHundredAhead() {
        ran(400, Duration.ZERO);

        assertThat(prefetch.beyond(4)).isEqualTo(500);
    }

    @Test
    void aFewLongRunsEndTakingAheadOfFastOnes() {
        ran(400, Duration.ZERO);

        ran(2, Duration.ofMillis(2));

        assertThat(prefetch.beyond(4)).isZero();
    }

    @Test
    void aThreadThatStoodStillOnceDoesNotMakeItsHandlerASlowOne() {
        ran(400, Duration.ZERO);

        ran(1, Duration.ofMillis(300));

        assertThat(prefetch.beyond(4)).isEqualTo(500);
    }

    @Test
    void afterAResetItStartsOverFromNone() {
        ran(400, Duration.ZERO);

        prefetch.reset();

        assertThat(prefetch.beyond(4)).isZero();
    }

    private void ran(int times, Duration each) {
        for (int run = 0; run < times; run++) {
            prefetch.ran(each.toNanos());
        }
    }
}
