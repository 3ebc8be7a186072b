package io.muster.cluster.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));

    @Test
    void waitsDoubleUpToTheMostLessAtMostHalf() {
        Random random = new Random(7);
        for (int failures = 1; failures < 40; failures++) {
            long whole = (long) Math.min(2_000, 100 * Math.pow(2, failures - 1));
            for (int i = 0; i < 50; i++) {
                assertThat(backoff.after(failures, random))
                        .isBetween(Duration.ofMillis(whole / 2), Duration.ofMillis(whole));
            }
        }
    }

    @Test
    void waitsDiffer() {
        Random random = new Random(7);

        assertThat(backoff.after(3, random)).isNotEqualTo(backoff.after(3, random));
    }

    @Test
    void aBackoffThatShrinksIsRefused() {
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
