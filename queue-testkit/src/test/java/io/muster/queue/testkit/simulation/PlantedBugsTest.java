package io.muster.queue.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.testkit.simulation.Simulation.Home;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A simulation that finds nothing must be able to find something: each planted bug breaks a promise in some seeds. {@code muster.full} says in how many of
 * a hundred. They are planted where jobs are in a separate store, of which the history knows most.
 */
class PlantedBugsTest {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int MOST_SEEDS = FULL ? 100 : 60;

    @ParameterizedTest
    @EnumSource
    void eachIsFound(Bug bug, TestReporter reporter) {
        int found = 0;
        int seeds = 0;
        while (seeds < MOST_SEEDS && (FULL || found == 0)) {
            seeds++;
            found += Simulation.run(seeds, Home.SEPARATE, bug.planted())
                            .violations()
                            .isEmpty()
                    ? 0
                    : 1;
        }
        reporter.publishEntry(bug.name(), "found by " + found + " of " + seeds + " seeds");
        assertThat(found).as("%d seeds that found %s", seeds, bug).isPositive();
    }
}
