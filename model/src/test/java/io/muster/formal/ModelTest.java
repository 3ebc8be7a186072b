package io.muster.formal;

import static io.muster.formal.Bounds.Fault.ADOPT;
import static io.muster.formal.Bounds.Fault.EXPIRY;
import static io.muster.formal.Bounds.Fault.KILL;
import static io.muster.formal.Bounds.Fault.LATE;
import static io.muster.formal.Bounds.Fault.LOSS;
import static io.muster.formal.Bounds.Fault.RELEASE;
import static io.muster.formal.Bounds.Fault.RESIGN;
import static io.muster.formal.Bounds.Fault.REVOKE;
import static io.muster.formal.Bounds.Fault.WIPE;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.formal.ModelChecker.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the protocol promises holds in every order of steps, as far as the bounds reach; larger ones with {@code -Dmuster.full=true}. */
class ModelTest {
    private static final boolean FULL = Boolean.getBoolean("muster.full");

    @TempDir
    private Path folder;

    static Stream<Named<Bounds>> safetyBounds() {
        Stream<Named<Bounds>> small = Stream.of(
                Named.of("a paused node", Bounds.of(2, 1).with(EXPIRY, 1).with(LATE, 1)),
                Named.of("a killed node and two jobs", Bounds.of(1, 2).with(KILL, 1)),
                Named.of("a poison job", Bounds.of(2, 1).withPoison(1)),
                Named.of(
                        "lost replies",
                        Bounds.of(1, 1).with(LOSS, 2).with(RELEASE, 1).with(REVOKE, 1)),
                Named.of("a late call", Bounds.of(1, 1).with(KILL, 1).with(LATE, 1)),
                Named.of(
                        "a wiped coordinator",
                        Bounds.of(1, 1).with(WIPE, 1).with(ADOPT, 1).with(LATE, 1)),
                Named.of(
                        "trust that ends first",
                        Bounds.of(2, 1).with(RESIGN, 1).with(LATE, 1).whereTrustEndsFirst()));
        Stream<Named<Bounds>> large = Stream.of(
                Named.of(
                        "paused, lost and late",
                        Bounds.of(2, 1).with(EXPIRY, 1).with(LOSS, 1).with(LATE, 2)),
                Named.of(
                        "killed, lost and late",
                        Bounds.of(2, 1).with(KILL, 1).with(LOSS, 1).with(LATE, 1)),
                Named.of("killed with two jobs", Bounds.of(1, 2).with(KILL, 2).with(LATE, 1)),
                Named.of("paused with two jobs", Bounds.of(2, 2).with(EXPIRY, 1)),
                Named.of(
                        "paused and released",
                        Bounds.of(2, 1)
                                .with(EXPIRY, 1)
                                .with(RELEASE, 1)
                                .with(LOSS, 1)
                                .with(REVOKE, 1)),
                Named.of(
                        "wiped, resigned and late",
                        Bounds.of(1, 1)
                                .with(WIPE, 1)
                                .with(ADOPT, 1)
                                .with(RESIGN, 1)
                                .with(LATE, 1)),
                Named.of(
                        "wiped and paused",
                        Bounds.of(2, 1).with(WIPE, 1).with(ADOPT, 1).with(EXPIRY, 1)),
                Named.of(
                        "paused where trust ends first",
                        Bounds.of(2, 1).with(EXPIRY, 2).whereTrustEndsFirst()));
        return FULL ? Stream.concat(small, large) : small;
    }

    @ParameterizedTest
    @MethodSource("safetyBounds")
    void nothingForbiddenHappens(Bounds bounds) {
        assertHolds(new ModelChecker(folder, 2).safety(bounds, invariants()));
    }

    static Stream<Named<Bounds>> progressBounds() {
        Stream<Named<Bounds>> small = Stream.of(
                Named.of(
                        "a killed node and a late call",
                        Bounds.of(1, 1).with(KILL, 1).with(LATE, 1)),
                Named.of("lost and late", Bounds.of(1, 1).with(LOSS, 1).with(LATE, 1)),
                Named.of("resigned and late", Bounds.of(1, 1).with(RESIGN, 1).with(LATE, 1)),
                Named.of("a poison job", Bounds.of(2, 1).withPoison(1)),
                Named.of("a wiped coordinator", Bounds.of(1, 1).with(WIPE, 1).with(LOSS, 1)));
        Stream<Named<Bounds>> large = Stream.of(
                Named.of("a paused node", Bounds.of(2, 1).with(EXPIRY, 1)),
                Named.of("paused and lost", Bounds.of(2, 1).with(EXPIRY, 1).with(LOSS, 1)),
                Named.of("wiped and late", Bounds.of(1, 1).with(WIPE, 1).with(LATE, 1)),
                Named.of("two poison jobs", Bounds.of(2, 2).withPoison(2)));
        return FULL ? Stream.concat(small, large) : small;
    }

    @ParameterizedTest
    @MethodSource("progressBounds")
    void everyJobIsSettledOnceFaultsStop(Bounds bounds) {
        assertHolds(new ModelChecker(folder, 2).progress(bounds));
    }

    @Test
    void anInvariantThatDoesNotHoldIsFoundWithItsCounterexample() {
        Bounds bounds = Bounds.of(1, 1);

        Outcome outcome = new ModelChecker(folder, 1).safety(bounds.without(Guard.REGISTER_BEFORE_ADMIT), invariants());

        assertThat(outcome.falls()).contains("NobodyBuriedAlive");
        assertThat(outcome.counterExample()).isBetween(5, 20);
        assertThat(outcome.output()).contains("Admit", "Bury");
    }

    /** Every definition of the model's chapter on safety. */
    static List<String> invariants() {
        String chapter =
                text().split(Pattern.quote("(* Safety *)"), -1)[1].split(Pattern.quote("(* Progress *)"), -1)[0];
        List<String> found = Pattern.compile("(?m)^(\\w+) ==")
                .matcher(chapter)
                .results()
                .map(definition -> definition.group(1))
                .toList();
        assertThat(found).hasSizeGreaterThan(15);
        return found;
    }

    private static String text() {
        try {
            return Files.readString(ModelChecker.MODEL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertHolds(Outcome outcome) {
        assertThat(outcome.falls()).as(outcome.output()).isEmpty();
        assertThat(outcome.states()).isGreaterThan(30);
        System.out.printf("Holds in all %,d states%n", outcome.states());
    }
}
