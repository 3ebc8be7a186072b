package io.muster.cluster.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.testkit.Bench;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contract is worth something only if backends that break it fail. */
class ContractNoticesDefectsTest {
    /** Tests that leave to chance who meets whom notice a defect sooner or later. */
    private static final int RUNS = 5;

    @ParameterizedTest
    @EnumSource(Defect.class)
    void aBackendWithADefectFails(Defect defect) {
        DefectiveContract.defect = defect;

        Set<String> failed = new HashSet<>();
        for (int run = 0; run < RUNS && failed.size() < defect.noticedBy().size(); run++) {
            List<String> left = defect.noticedBy().stream()
                    .filter(test -> !failed.contains(test))
                    .toList();
            run(left).getFailures().stream()
                    .map(failure -> failure.getTestIdentifier().getDisplayName().replace("(Bench)", ""))
                    .forEach(failed::add);
        }

        assertThat(failed).containsExactlyInAnyOrderElementsOf(defect.noticedBy());
    }

    /** What fails above does so for its defect: all of it passes on the backend itself. */
    @Test
    void theTestsThatNoticeAreTestsOfTheContract() {
        Set<String> contract = Arrays.stream(LocalContractTest.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> method.getName())
                .collect(Collectors.toSet());

        for (Defect defect : Defect.values()) {
            assertThat(contract).containsAll(defect.noticedBy());
        }
    }

    private static TestExecutionSummary run(List<String> tests) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(tests.stream()
                                        .map(ContractNoticesDefectsTest::selector)
                                        .toList())
                                .build(),
                        listener);
        return listener.getSummary();
    }

    private static DiscoverySelector selector(String test) {
        return DiscoverySelectors.selectMethod(DefectiveContract.class, test, Bench.class);
    }
}
