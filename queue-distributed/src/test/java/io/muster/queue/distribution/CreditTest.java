package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C8")
class CreditTest {
    private static final Duration ROUND = Duration.ofMillis(10);

    @Test
    void aPoolThatNobodyHasMeasuredGetsItsSlots() {
        assertThat(new Credit().limit(4, ROUND)).isEqualTo(4);
    }

    @Test
    void aSlowPoolGetsOnlyItsSlots() {
        Credit credit = draining(40, Duration.ofSeconds(1));

        assertThat(credit.limit(4, ROUND)).isEqualTo(4);
    }

    @Test
    void aFastPoolGetsWhatItRunsInTwoRoundsBesideItsSlots() {
        Credit credit = draining(100, Duration.ofMillis(100));

        assertThat(credit.limit(4, Duration.ofMillis(50))).isBetween(4 + 95 + 4, 4 + 100 + 4);
    }

    @Test
    void aRoundCountsForAtLeastTwentyMilliseconds() {
        Credit credit = draining(100, Duration.ofMillis(100));

        assertThat(credit.limit(4, Duration.ZERO)).isEqualTo(credit.limit(4, Duration.ofMillis(20)));
    }

    @Test
    void noPoolGetsMoreThanTheCap() {
        Credit credit = draining(1_000_000, Duration.ofMillis(1));

        assertThat(credit.limit(4, Duration.ofSeconds(1))).isEqualTo(Credit.MOST);
    }

    @Test
    void aPoolThatBecomesSlowLosesItsCredit() {
        Credit credit = draining(1000, Duration.ofMillis(100));

        for (int round = 0; round < 40; round++) {
            credit.drained(0, Duration.ofMillis(100));
        }

        assertThat(credit.limit(4, ROUND)).isEqualTo(4);
    }

    private static Credit draining(int jobs, Duration elapsed) {
        Credit credit = new Credit();
        for (int round = 0; round < 20; round++) {
            credit.drained(jobs, elapsed);
        }
        return credit;
    }
}
