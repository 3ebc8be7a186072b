package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q2")
class CursorsTest {
    private static final long DEAR = Duration.ofMillis(500).toNanos();
    private static final long LANE = 4;
    private static final long OTHER_LANE = 8;

    private long now;
    private Cursors cursors;

    @BeforeEach
    void open() {
        cursors = new Cursors(() -> now);
        cursors.hold(0);
        pass(Duration.ofSeconds(10));
    }

    @Test
    void aLaneIsReadOnFromWhereItEnded() {
        assigned(cursors.look(), Map.of(LANE, 100L), Set.of(), false, 200);

        assertThat(cursors.look().after(LANE)).isEqualTo(100);
    }

    @Test
    void anEmptyLaneWhoseHeadIsCheapIsReadFromItsHead() {
        readFromHead(0);
        assigned(cursors.look(), Map.of(LANE, 100L), Set.of(LANE), true, 200);

        assertThat(cursors.look().isFromHead()).isTrue();
    }

    @Test
    void anEmptyLaneWhoseHeadIsDearIsReadFromAPlaceOfASecondAgo() {
        readFromHead(DEAR);
        for (long place = 1000; place <= 3000; place += 1000) {
            pass(Duration.ofMillis(600));
            assigned(cursors.look(), Map.of(LANE, place - 1), Set.of(LANE), true, place);
        }

        assertThat(cursors.look().after(LANE)).isBetween(1L, 2000L);
    }

    @Test
    void whatWasPushedWhileAQueueWasPausedIsNotSkippedHoweverLongThatWas() {
        readFromHead(DEAR);
        assigned(cursors.look(), Map.of(LANE, 100L), Set.of(LANE), true, 200);
        for (long place = 1000; place <= 10_000; place += 1000) {
            pass(Duration.ofMillis(300));
            assigned(cursors.look(), Map.of(), Set.of(), true, place);
        }

        assertThat(cursors.look().after(LANE)).isLessThanOrEqualTo(100);
        assertThat(cursors.look().after(OTHER_LANE))
                .as("a lane that was never read")
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void whatComesBackVoidsAllCursors() {
        assigned(cursors.look(), Map.of(LANE, 100L), Set.of(), false, 200);

        assertThat(cursors.hold(1)).isFalse();

        assertThat(cursors.look().isFromHead()).isTrue();
    }

    /** A first look from the head that takes so long; the next one is due after two seconds at the earliest. */
    private void readFromHead(long tookNanos) {
        cursors.committed(cursors.look(), Map.of(LANE, 1L), Set.of(), Map.of(), tookNanos, 1, true);
    }

    private void assigned(Cursors.View view, Map<Long, Long> reached, Set<Long> emptied, boolean allEmpty, long place) {
        cursors.committed(view, reached, emptied, Map.of(), 0, place, allEmpty);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
