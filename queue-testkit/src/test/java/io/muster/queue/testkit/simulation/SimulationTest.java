package io.muster.queue.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final int SEEDS = Integer.getInteger("muster.seeds", Boolean.getBoolean("muster.full") ? 1_000 : 20);

    @Test
    void whateverGoesWrongEveryAcknowledgedJobIsSettledOnce() {
        long first = Long.getLong("muster.seed", 1);
        int runs = 0;
        for (long seed : LongStream.range(first, first + SEEDS).toArray()) {
            History history = Simulation.run(seed, UnaryOperator.identity());
            runs += history.runs();
            assertThat(history.violations())
                    .as("seed %d, replay with -Dmuster.seed=%d -Dmuster.seeds=1%n%s", seed, seed, history.timeline())
                    .isEmpty();
        }
        assertThat(runs).as("handler runs over all seeds").isGreaterThan(SEEDS);
    }
}
