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
    void slowHandlersTakeNothingAhead() {
        ran(200, Duration.ofMillis(26));

        assertThat(prefetch.beyond(4)).isZero();
    }

    @Test
    void fastHandlersTakeAheadWhatTheirSlotsRunInFiftyMilliseconds() {
        ran(200, Duration.ofMillis(5));

        assertThat(prefetch.beyond(4)).isBetween(39, 40);
    }

    @Test
    void aPoolNeverTakesMoreThanFiveHundredAhead() {
        ran(400, Duration.ZERO);

        assertThat(prefetch.beyond(4)).isEqualTo(500);
    }

    @Test
    void oneLongRunEndsTakingAheadOfFastOnes() {
        ran(400, Duration.ofMillis(1));

        ran(1, Duration.ofSeconds(10));

        assertThat(prefetch.beyond(4)).isZero();
    }

    @Test
    void afterAResetItStartsOverFromNone() {
        ran(400, Duration.ofMillis(1));

        prefetch.reset();

        assertThat(prefetch.beyond(4)).isZero();
    }

    private void ran(int times, Duration each) {
        for (int run = 0; run < times; run++) {
            prefetch.ran(each.toNanos());
        }
    }
}
