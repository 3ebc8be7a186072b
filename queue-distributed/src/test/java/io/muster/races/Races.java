package io.muster.races;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jetbrains.kotlinx.lincheck.strategy.TimeoutFailure;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/**
 * Looks at a scenario's interleavings, as many of them as a build has time for. One that has not ended after half a minute says nothing of
 * the scenario, but that the machine was busy, unless it is so again: threads that wait for each other are found without a clock.
 */
public final class Races {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int INVOCATIONS = 150;
    private static final int MOST = 5_000;

    private Races() {}

    /** None breaks it. */
    public static void assertNone(Runnable scenario) {
        assertNone(scenario, INVOCATIONS);
    }

    /** None of so many breaks it; of a scenario with long ways a build has time for few. */
    public static void assertNone(Runnable scenario, int invocations) {
        assertThat(broken(scenario, FULL ? MOST : invocations)).isEmpty();
    }

    /** One is found: the scenario has one planted. The first that breaks it ends the search. */
    public static void assertFound(Runnable scenario) {
        assertThat(broken(scenario, MOST)).hasValueSatisfying(found -> assertThat(isByTheClock(found))
                .as("ended by the clock: %s", found)
                .isFalse());
    }

    private static Optional<LincheckAssertionError> broken(Runnable scenario, int invocations) {
        Optional<LincheckAssertionError> first = look(scenario, invocations);
        return first.filter(Races::isByTheClock).isPresent() ? look(scenario, invocations) : first;
    }

    private static Optional<LincheckAssertionError> look(Runnable scenario, int invocations) {
        try {
            Lincheck.runConcurrentTest(invocations, scenario);
            return Optional.empty();
        } catch (LincheckAssertionError broken) {
            return Optional.of(broken);
        }
    }

    private static boolean isByTheClock(LincheckAssertionError broken) {
        return broken.getFailure$lincheck() instanceof TimeoutFailure;
    }
}
