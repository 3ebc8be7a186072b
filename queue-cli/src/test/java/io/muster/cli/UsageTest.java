package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cli.Terminal.Said;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong usage: one clear line, a hint, exit code 2. */
class UsageTest {
    @TempDir
    private Path directory;

    @Test
    void withoutACommandTheHelpIsShown() {
        Said said = Terminal.in(directory).run();

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains("demo", "node", "push", "stats", "nodes", "leader", "--verbose");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "node",
                "push",
                "stats",
                "nodes",
                "leader",
                "pause",
                "resume",
                "clear",
                "work",
                "restart",
                "down",
                "up",
                "adopt",
                "explain",
                "failed",
                "retry",
                "forget",
                "flush",
                "prune-failed",
                "monitor"
            })
    void everyCommandHasHelp(String command) {
        Said said = Terminal.in(directory).run(command, "--help");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains("Usage: muster " + command, "--cluster").doesNotContain("null");
        assertThat(said.err()).isEmpty();
    }

    @ParameterizedTest
    @Tag("S2")
    @ValueSource(strings = {"list", "run", "pause", "resume", "remove"})
    void everyCommandOfSchedulesHasHelp(String command) {
        Said said = Terminal.in(directory).run("schedule", command, "--help");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains("Usage: muster schedule " + command, "--cluster", "--json");
        assertThat(Terminal.in(directory).run("schedule").out()).contains("Usage: muster schedule", command);
    }

    @ParameterizedTest
    @Tag("W5")
    @ValueSource(strings = {"list", "show", "retry", "cancel", "prune"})
    void everyCommandOfBatchesHasHelp(String command) {
        Said said = Terminal.in(directory).run("batches", command, "--help");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains("Usage: muster batches " + command, "--cluster", "--json");
        assertThat(Terminal.in(directory).run("batches").out()).contains("Usage: muster batches", command);
    }

    @Test
    @Tag("S2")
    void schedulesAreNamedOrAllOfThemMeant() {
        for (List<String> words : List.of(List.of("pause"), List.of("pause", "nightly", "--all"))) {
            List<String> line = new java.util.ArrayList<>(List.of("schedule"));
            line.addAll(words);
            line.addAll(List.of("--cluster", "local:"));
            Said said = Terminal.in(directory).run(line.toArray(String[]::new));

            assertThat(said.exitCode()).isEqualTo(2);
            assertThat(said.err()).contains("--all", "muster schedule pause --help");
        }
    }

    @Test
    void theSchemaIsPrintedForADatabase() {
        Said said = Terminal.in(directory).run("schema", "postgresql", "--namespace", "shop", "--table", "work");

        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.out()).contains("CREATE TABLE shop_work (");
    }

    @Test
    void aSchemaIsPrintedForKnownDatabasesOnly() {
        Said said = Terminal.in(directory).run("schema", "oracle");

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.err()).startsWith("schema: ").contains("oracle", "PostgreSQL");
        assertThat(said.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"node", "push", "stats", "nodes", "leader"})
    void aMissingClusterIsNamedWithTheWaysToGiveIt(String command) throws Exception {
        java.nio.file.Files.writeString(directory.resolve("file.txt"), "content");

        Said said = Terminal.in(directory).run(command);

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err())
                .startsWith(command + ": Which cluster?")
                .contains("--cluster", "MUSTER_CLUSTER", "muster.properties", "muster " + command + " --help");
        assertThat(said.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pause", "resume", "clear"})
    void aMissingQueueIsNamed(String command) {
        Said said = Terminal.in(directory).run(command, "--cluster", "local:");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).startsWith(command + ": ").contains("QUEUE", "--help");
    }

    @Test
    void unknownOptionsAreNamed() {
        Said said = Terminal.in(directory).run("stats", "--clutser", "local:");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("--clutser").doesNotContain("\tat ");
    }

    @Test
    void unknownCommandsAreNamed() {
        Said said = Terminal.in(directory).run("sats");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("sats").contains("stats");
    }

    @Test
    void numbersThatCannotBeAreRefusedBeforeAnythingStarts() {
        for (List<String> words : List.of(
                List.of("demo", "--nodes", "0"),
                List.of("demo", "--jobs", "0"),
                List.of("demo", "--jobs", "many"),
                List.of("demo", "--concurrency", "0"),
                List.of("demo", "--nodes", "1"),
                List.of("push", "--count", "0", "--cluster", "local:"))) {
            Said said = Terminal.in(directory).run(words.toArray(String[]::new));

            assertThat(said.exitCode()).as("%s", words).isEqualTo(2);
            assertThat(said.err()).as("%s", words).contains("--help").doesNotContain("\tat ");
        }
    }

    @Test
    void aDemoOfOneNodeNeedsALeaderThatLives() {
        Said said = Terminal.in(directory).run("demo", "--nodes", "1");

        assertThat(said.err()).contains("--no-kill");
    }
}
