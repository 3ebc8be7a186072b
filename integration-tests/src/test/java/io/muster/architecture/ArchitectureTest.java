package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All production classes keep the rules; {@link PlantedViolationsTest} shows that each rule can fail. */
class ArchitectureTest {
    private static JavaClasses production = new ClassFileImporter().importClasses(List.of());

    @BeforeAll
    static void readClasses() {
        production = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages("io.muster");
    }

    @Test
    void everyModuleIsLookedAt() {
        assertThat(production.stream().map(type -> ModuleMap.moduleOf(type.getPackageName())))
                .contains(
                        ModuleMap.moduleOf("io.muster.cluster"),
                        ModuleMap.moduleOf("io.muster.cluster.local"),
                        ModuleMap.moduleOf("io.muster.cluster.redis"),
                        ModuleMap.moduleOf("io.muster.cluster.etcd"),
                        ModuleMap.moduleOf("io.muster.cluster.consul"),
                        ModuleMap.moduleOf("io.muster.cluster.zookeeper"),
                        ModuleMap.moduleOf("io.muster.queue"),
                        ModuleMap.moduleOf("io.muster.queue.testkit"),
                        ModuleMap.moduleOf("io.muster.queue.redis"),
                        ModuleMap.moduleOf("io.muster.redis"),
                        ModuleMap.moduleOf("io.muster.servers"));
        assertThat(production)
                .allMatch(type -> ModuleMap.moduleOf(type.getPackageName()).isPresent());
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                        Rules.MODULES_POINT_DOWN,
                        Rules.CLIENTS_STAY_HOME,
                        Rules.CLIENTS_ARE_NOT_SHOWN,
                        Rules.INTERNAL_STAYS_INSIDE,
                        Rules.TIME_IS_A_PARAMETER,
                        Rules.NOTHING_IS_PRINTED,
                        Rules.NAMES_SAY_SOMETHING,
                        Rules.PACKAGES_ARE_NULL_MARKED,
                        Rules.EXCEPTIONS_ARE_TYPED,
                        Rules.FEATURES_FORM_NO_CYCLE)
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isKeptByAllProductionClasses(ArchRule rule) {
        rule.check(production);
    }
}
