package io.muster.queue.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.ManualTimeline;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("J5")
class HeldKeysTest {
    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final HeldKeys keys = new HeldKeys(timeline);

    @Test
    void aKeyIsHeldUntilItsJobFreesIt() {
        assertThat(keys.take("k", "first", Optional.empty())).isEmpty();
        assertThat(keys.take("k", "second", Optional.empty())).contains("first");
        assertThat(keys.take("other", "second", Optional.empty())).isEmpty();

        keys.free("k", "first");

        assertThat(keys.take("k", "second", Optional.empty())).isEmpty();
    }

    @Test
    void itEndsWithItsTimeThoughItsJobRunsAndIsNotFreedForAnother() {
        assertThat(keys.take("k", "first", Optional.of(Duration.ofSeconds(10)))).isEmpty();
        timeline.advance(Duration.ofSeconds(9));
        assertThat(keys.take("k", "second", Optional.empty())).contains("first");

        timeline.advance(Duration.ofSeconds(1));
        assertThat(keys.take("k", "second", Optional.empty())).isEmpty();
        keys.free("k", "first");

        assertThat(keys.take("k", "third", Optional.empty())).contains("second");
    }
}
