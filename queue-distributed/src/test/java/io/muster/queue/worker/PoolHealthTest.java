package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C8")
class PoolHealthTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LOOKS_PER_SECOND = 2;

    private final PoolHealth health = new PoolHealth(Duration.ofSeconds(4));
    private long nanos;
    private long turns;

    @Test
    void aPoolWhoseLoopStandsStillIsWedgedUntilItMovesAgain() {
        look(12 * LOOKS_PER_SECOND);
        assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.RUNNING);

        look(2);
        assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.WEDGED);

        turns++;
        look(1);
        assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.RUNNING);
    }

    @Test
    void aPoolThatMovesNowAndThenIsNotWedged() {
        for (int call = 0; call < 20; call++) {
            turns++;
            look(6 * LOOKS_PER_SECOND);
            assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.RUNNING);
        }
    }

    @Test
    void aProcessThatWasPausedAsAWholeDoesNotTakeItsPoolsForWedged() {
        look(3);
        nanos += 600 * SECOND;
        look(3);

        assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.RUNNING);
    }

    @Test
    void aPoolThatTheStoreHasNotAnsweredForATtlSaysSo() {
        health.look(1, Optional.of(nanos), nanos + 4 * SECOND - 1);
        assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.RUNNING);

        health.look(2, Optional.of(nanos), nanos + 4 * SECOND);
        assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.STORE_SILENT);
        assertThat(status(PoolStats.Status.PAUSED)).isEqualTo(PoolStats.Status.STORE_SILENT);
        assertThat(status(PoolStats.Status.DRAINING)).isEqualTo(PoolStats.Status.DRAINING);

        health.look(3, Optional.empty(), nanos + 5 * SECOND);
        assertThat(status(PoolStats.Status.RUNNING)).isEqualTo(PoolStats.Status.RUNNING);
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            nanos += SECOND / LOOKS_PER_SECOND;
            health.look(turns, Optional.empty(), nanos);
        }
    }

    private PoolStats.Status status(PoolStats.Status own) {
        return health.of(new PoolStats("main", own, 3, 0, 3, 0, 0, 0, 0, 0, 0, 0))
                .status();
    }
}
