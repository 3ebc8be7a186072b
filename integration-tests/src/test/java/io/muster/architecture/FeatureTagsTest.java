package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The feature table says what the tests say. */
class FeatureTagsTest {
    private static final Pattern CONTRACT = Pattern.compile("\\b[A-Z]\\w*Contract\\b");
    private static final String DONE = "| C1 | Nodes | meaning | `Cluster` | `NodeTest` | done |";

    @Test
    void theFeatureTableAgreesWithTheTests() {
        Map<String, Set<String>> tags = new TreeMap<>();
        for (Path file : SourceTree.javaFiles()) {
            String name = file.getFileName().toString().replace(".java", "");
            boolean thisTest = name.equals("FeatureTagsTest");
            tags.put(name, thisTest ? Set.of() : FeatureTable.tags(SourceTree.lines(file)));
        }
        Path document = SourceTree.root().resolve("docs/features.md");

        FeatureTable table = new FeatureTable(SourceTree.lines(document), tags, contractsThatNobodyRuns());

        assertThat(table.faults()).isEmpty();
        assertThat(table.missing()).isEmpty();
        assertThat(table.size()).isGreaterThan(50);
        assertThat(tags.values().stream().filter(found -> !found.isEmpty())).hasSizeGreaterThan(40);
    }

    private static Set<String> contractsThatNobodyRuns() {
        Set<String> contracts = new TreeSet<>();
        Set<String> spokenOf = new TreeSet<>();
        for (Path file : SourceTree.javaFiles()) {
            String name = file.getFileName().toString().replace(".java", "");
            if (name.endsWith("Contract")) {
                contracts.add(name);
            }
            Matcher words = CONTRACT.matcher(String.join("\n", SourceTree.lines(file)));
            while (words.find()) {
                if (!words.group().equals(name)) {
                    spokenOf.add(words.group());
                }
            }
        }
        contracts.removeAll(spokenOf);
        return contracts;
    }

    @Test
    void aTagIsFoundAndOtherTagsAreNoFeatures() {
        assertThat(FeatureTable.tags(List.of("@Tag(\"C4\")", "    @Tag(\"J12\") @Tag(\"slow\")")))
                .containsExactlyInAnyOrder("C4", "J12");
    }

    @Test
    void aTagWithoutARowIsAFault() {
        assertThat(faults(DONE, Map.of("NodeTest", Set.of("C1", "X9"))))
                .containsExactly("NodeTest is tagged X9, which has no row");
    }

    @Test
    void aTagOfWhatIsNotThereIsAFault() {
        String later = "| O2 | Lock | meaning | – | – | later issue |";

        assertThat(faults(DONE + "\n" + later, Map.of("NodeTest", Set.of("C1"), "LockTest", Set.of("O2"))))
                .containsExactly("LockTest is tagged O2, whose row says that it is a later issue");
    }

    @Test
    void aRowThatNamesNoExistingTestIsAFault() {
        assertThat(faults(DONE, Map.of("OtherTest", Set.of("C1"))))
                .containsExactly(
                        "C1 names NodeTest, which does not exist",
                        "C1 is done, but none of the tests it names is tagged C1");
    }

    @Test
    void aDoneRowWhoseTestsDoNotSpeakOfItIsAFault() {
        assertThat(faults(DONE, Map.of("NodeTest", Set.of())))
                .containsExactly("C1 is done, but none of the tests it names is tagged C1");
    }

    @Test
    void anOwedRowThatIsPutOffIsAFault() {
        String later = "| T2 | Bus fake | meaning | – | – | later issue |";
        String allowed =
                "| F5 | Elsewhere | meaning | – | – | later issue |\n| O2 | Dashboard | meaning | – | – | later issue |";

        assertThat(faults(later + "\n" + allowed, Map.of()))
                .containsExactly("T2 is owed now, but its row says that it is a later issue");
    }

    @Test
    void anOwedRowThatIsPartlyThereNeedsItsTestToo() {
        String partly = DONE.replace("| done |", "| partly: half of it |");

        assertThat(faults(partly, Map.of("NodeTest", Set.of("C2"))))
                .contains("C1 is partly there, but none of the tests it names is tagged C1");
        assertThat(faults(partly, Map.of("NodeTest", Set.of("C1")))).isEmpty();
    }

    @Test
    void aContractThatNobodyRunsProvesNothing() {
        String row = DONE.replace("NodeTest", "NodeContract");

        assertThat(new FeatureTable(List.of(row), Map.of("NodeContract", Set.of("C1")), Set.of("NodeContract"))
                        .faults())
                .containsExactly("C1 names NodeContract, which nobody runs");
    }

    @Test
    void aRowThatIsGoneIsMissed() {
        FeatureTable table = new FeatureTable(List.of(DONE), Map.of(), Set.of());

        assertThat(table.missing()).contains("C2", "C12", "F4", "T2").doesNotContain("C1");
    }

    @Test
    void anotherStateIsAFault() {
        assertThat(faults(DONE.replace("done", "nearly"), Map.of("NodeTest", Set.of("C1"))))
                .containsExactly("C1 has the state \"nearly\"");
    }

    private static List<String> faults(String table, Map<String, Set<String>> tags) {
        return new FeatureTable(table.lines().toList(), tags, Set.of()).faults();
    }
}
