package io.muster.queue.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/** {@code muster.seed} and {@code muster.seeds} say which seeds. */
class SimulationTest {
    private static final int SEEDS =
            Integer.getInteger("muster.seeds", Boolean.getBoolean("muster.full") ? 10_000 : 2_000);
    private static final int THREADS = Math.min(2, Runtime.getRuntime().availableProcessors());

    @Test
    void whateverGoesWrongEveryPromiseIsKept() {
        Simulations.Result result = Simulations.run(Long.getLong("muster.seed", 1), SEEDS, THREADS, seed -> {});
        result.broken().ifPresent(broken -> fail(broken.text()));
        assertThat(result.runs()).as("handler runs over all seeds").isGreaterThan(SEEDS);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        for (long seed = 1; seed <= 4; seed++) {
            assertThat(Simulation.run(seed).timeline())
                    .isEqualTo(Simulation.run(seed).timeline());
        }
    }
}
