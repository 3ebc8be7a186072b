package io.muster.races;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/** Looks at a scenario's interleavings, as many of them as a build has time for. */
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
        assertThatCode(() -> Lincheck.runConcurrentTest(FULL ? MOST : invocations, scenario))
                .doesNotThrowAnyException();
    }

    /** One is found: the scenario has one planted. The first that breaks it ends the search. */
    public static void assertFound(Runnable scenario) {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(MOST, scenario)).isInstanceOf(LincheckAssertionError.class);
    }
}
