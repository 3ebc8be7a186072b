package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q2")
class PausedQueuesTest {
    private long now;
    private final PausedQueues paused = new PausedQueues(() -> now);

    @Test
    void whatALookFoundIsKnownAndNothingElse() {
        paused.saw(paused.look(), Set.of("mail"));

        assertThat(paused.contains("mail")).isTrue();
        assertThat(paused.contains("other")).isFalse();

        paused.saw(paused.look(), Set.of("other"));

        assertThat(paused.contains("mail")).isFalse();
    }

    @Test
    void nothingIsKnownOnceAnythingElseWasHeard() {
        paused.saw(paused.look(), Set.of("mail"));

        paused.changed();

        assertThat(paused.contains("mail")).isFalse();
    }

    @Test
    void aLookKnowsNothingOfWhatWasHeardSinceItBegan() {
        PausedQueues.Look before = paused.look();
        paused.changed();

        paused.saw(before, Set.of("mail"));

        assertThat(paused.contains("mail")).isFalse();
    }

    @Test
    void itIsNotTrustedForLong() {
        PausedQueues.Look look = paused.look();
        now += Duration.ofSeconds(2).toNanos();
        paused.saw(look, Set.of("mail"));
        assertThat(paused.contains("mail")).isTrue();

        now += Duration.ofSeconds(1).toNanos();

        assertThat(paused.contains("mail")).isFalse();
    }
}
