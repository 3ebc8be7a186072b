package io.muster.queue.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.ManualTimeline;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("J1")
class JobIdsTest {
    private final ManualTimeline timeline = ManualTimeline.shuffled(1);

    @Test
    void anIdIsTwentySixCharactersThatEveryStoreTakes() {
        assertThat(JobIds.next(timeline)).matches("[0-9a-hjkmnp-tv-z]{26}");
    }

    @Test
    void laterIdsSortAfterEarlierOnes() {
        String earlier = JobIds.next(timeline);
        for (int step = 0; step < 1_000; step++) {
            timeline.advance(Duration.ofMillis(step % 7 + 1));
            String later = JobIds.next(timeline);
            assertThat(later).isGreaterThan(earlier);
            earlier = later;
        }
    }

    @Test
    void idsOfOneMillisecondDiffer() {
        Set<String> ids = new HashSet<>();
        for (int count = 0; count < 10_000; count++) {
            ids.add(JobIds.next(timeline));
        }

        assertThat(ids).hasSize(10_000);
    }
}
