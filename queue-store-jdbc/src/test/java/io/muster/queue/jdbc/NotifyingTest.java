package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q2")
class NotifyingTest {
    private static final Duration SHORTEST = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofMillis(20);

    @Test
    void whoHasLittleToTellWaitsForTheShortestGap() {
        assertThat(Notifying.nextGap(SHORTEST, 0)).isEqualTo(SHORTEST);
        assertThat(Notifying.nextGap(SHORTEST, 9)).isEqualTo(SHORTEST);
        assertThat(Notifying.nextGap(LONGEST, 9)).isEqualTo(SHORTEST);
    }

    @Test
    void inAStreamTheGapGrowsToItsLongest() {
        assertThat(Notifying.nextGap(SHORTEST, 10)).isEqualTo(Duration.ofMillis(10));
        assertThat(Notifying.nextGap(Duration.ofMillis(10), 200)).isEqualTo(LONGEST);
        assertThat(Notifying.nextGap(LONGEST, 200)).isEqualTo(LONGEST);
    }
}
