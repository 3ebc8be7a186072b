package io.muster.formal;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.formal.ModelChecker.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No guard of the model is there for nothing: without it, what it guards falls. */
@Execution(ExecutionMode.CONCURRENT)
class RemovedGuardsTest {
    @ParameterizedTest
    @EnumSource
    void withoutItAPropertyFalls(Guard guard, @TempDir Path folder) {
        Bounds bounds = guard.bounds().without(guard);
        ModelChecker checker = new ModelChecker(folder, 1);

        Outcome outcome = guard.falls().equals(Guard.PROGRESS)
                ? checker.progress(bounds)
                : checker.safety(bounds, List.of(guard.falls()));

        assertThat(outcome.falls()).as(outcome.output()).contains(guard.falls());
        System.out.printf(
                "Without %s falls %s, in %d steps%n", guard.inModel(), guard.falls(), outcome.counterExample() - 1);
    }

    @Test
    void everyGuardOfTheModelIsRemovedOnce() throws IOException {
        Set<String> named = Pattern.compile("Guard\\(\"(\\w+)\"\\)")
                .matcher(Files.readString(ModelChecker.MODEL))
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toSet());

        assertThat(Stream.of(Guard.values()).map(Guard::inModel)).containsExactlyInAnyOrderElementsOf(named);
    }

    @Test
    void whatFallsIsAnInvariantOfTheModelOrItsProgress() {
        assertThat(Stream.of(Guard.values()).map(Guard::falls).filter(falls -> !falls.equals(Guard.PROGRESS)))
                .isSubsetOf(ModelTest.invariants());
    }
}
