package io.muster.races;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/** Looks at a scenario's interleavings, as many of them as a build has time for. */
public final class Races {
    private static final int INVOCATIONS = Boolean.getBoolean("muster.full") ? 5_000 : 150;
    /** The first that breaks it ends the search. */
    private static final int MOST_INVOCATIONS = 5_000;

    private Races() {}

    /** None breaks it. */
    public static void assertNone(Runnable scenario) {
        assertThatCode(() -> Lincheck.runConcurrentTest(INVOCATIONS, scenario)).doesNotThrowAnyException();
    }

    /** One is found: the scenario has one planted. */
    public static void assertFound(Runnable scenario) {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(MOST_INVOCATIONS, scenario))
                .isInstanceOf(LincheckAssertionError.class);
    }
}
