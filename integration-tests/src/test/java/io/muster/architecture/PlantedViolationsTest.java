package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shows to each rule a class that breaks it: a rule that cannot fail keeps nothing. */
class PlantedViolationsTest {
    private static final JavaClasses PLANTED = new ClassFileImporter()
            .withImportOption(location -> location.contains("/test-classes/"))
            .importPackages("io.muster.queue.planted");

    static Stream<Arguments> breaches() {
        return Stream.of(
                Arguments.of(Rules.MODULES_POINT_DOWN, "LocalConfig"),
                Arguments.of(Rules.CLIENTS_STAY_HOME, "io.lettuce.core.RedisURI"),
                Arguments.of(Rules.CLIENTS_ARE_NOT_SHOWN, "shows a client's type"),
                Arguments.of(Rules.INTERNAL_STAYS_INSIDE, "io.muster.cluster.internal.SessionCluster"),
                Arguments.of(Rules.TIME_IS_A_PARAMETER, "nanoTime"),
                Arguments.of(Rules.TIME_IS_A_PARAMETER, "Instant.now"),
                Arguments.of(Rules.TIME_IS_A_PARAMETER, "java.lang.Thread.<init>"),
                Arguments.of(Rules.NOTHING_IS_PRINTED, "java.lang.System.out"),
                Arguments.of(Rules.NAMES_SAY_SOMETHING, "PlantedHelper is a banned name"),
                Arguments.of(Rules.PACKAGES_ARE_NULL_MARKED, "io.muster.queue.planted is not marked"),
                Arguments.of(Rules.EXCEPTIONS_ARE_TYPED, "java.lang.RuntimeException.<init>"));
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void isFoundOut(ArchRule rule, String found) {
        assertThatThrownBy(() -> rule.check(PLANTED))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(found);
    }

    @ParameterizedTest
    @MethodSource("cycle")
    void cycleIsFoundOut(JavaClasses twoFeatures) {
        assertThatThrownBy(() -> Rules.FEATURES_FORM_NO_CYCLE.check(twoFeatures))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Cycle detected");
    }

    static Stream<Arguments> cycle() {
        return Stream.of(Arguments.of(new ClassFileImporter()
                .withImportOption(location -> location.contains("/test-classes/"))
                .importPackages("io.muster.queue.planted", "io.muster.queue.uprooted")));
    }
}
