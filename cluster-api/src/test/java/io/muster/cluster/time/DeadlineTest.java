package io.muster.cluster.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private long nowNanos = Long.MAX_VALUE - 1_000;
    private final Ticker ticker = () -> nowNanos;

    @Test
    void timeLeftShrinksToZeroAndNotBelowAlsoWhereTheTickerOverflows() {
        Deadline deadline = Deadline.after(Duration.ofNanos(5_000), ticker);
        assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(5_000));

        nowNanos += 4_999;
        assertThat(deadline.expired()).isFalse();
        nowNanos += 1;
        assertThat(deadline.expired()).isTrue();
        nowNanos += 1_000_000;
        assertThat(deadline.remaining()).isZero();
    }

    @Test
    void aStepHasTheSmallerOfBothBudgets() {
        Deadline deadline = Deadline.after(Duration.ofMillis(10), ticker);

        assertThat(deadline.remainingAtMost(Duration.ofMillis(3))).isEqualTo(Duration.ofMillis(3));
        assertThat(deadline.remainingAtMost(Duration.ofMillis(30))).isEqualTo(Duration.ofMillis(10));
        assertThat(deadline.orAfter(Duration.ofMillis(3)).remaining()).isEqualTo(Duration.ofMillis(3));
        assertThat(deadline.orAfter(Duration.ofMillis(30)).remaining()).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void aNegativeTimeoutHasExpired() {
        assertThat(Deadline.after(Duration.ofNanos(-1), ticker).expired()).isTrue();
    }
}
