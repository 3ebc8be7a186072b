package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo inside one JVM. */
@Timeout(120)
class LocalDemoTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        for (int i = 0; i < 40; i++) {
            Path file = directory.resolve("part-" + i % 4).resolve("file-" + i + ".txt");
            Files.createDirectories(file.getParent());
            Files.writeString(file, ("word" + i + " and words of number " + i + "\n").repeat(500 + i));
        }
    }

    @Test
    void aCrashedLeaderLosesNothing() {
        Said said = Terminal.in(directory).run("demo", "--cluster", "local", "--jobs", "2000", "--json");

        assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
        assertThat(said.out().lines()).hasSize(1);
        JsonNode report = said.json();
        assertThat(report.get("jobs").asInt()).isEqualTo(2000);
        assertThat(report.get("files").asInt()).isEqualTo(40);
        assertThat(report.get("lost").asInt()).isZero();
        assertThat(report.get("wrong").asInt()).isZero();
        assertThat(report.get("reclaimed").asInt()).isPositive();
        assertThat(report.get("crashes").asInt()).isPositive();
        assertThat(report.get("handlerRuns").asInt()).isGreaterThan(2000);
        assertThat(report.get("perNode")).hasSize(3);
        assertThat(report.get("leaders")).hasSizeGreaterThanOrEqualTo(2);
        assertThat(report.get("kill").asText()).isEqualTo("simulated");
        assertThat(report.get("newLeaderMillis").asLong()).isBetween(1L, 6_000L);
        assertThat(report.get("reclaimMillis").asLong()).isBetween(1L, 6_000L);
        assertThat(report.get("seconds").asDouble()).isPositive();
        assertThat(said.err()).contains("Killed the leader");
    }

    @Test
    void withoutAKillNothingRunsTwice() {
        Said said =
                Terminal.in(directory).run("demo", "--cluster", "local", "--jobs", "100", "--no-kill", "--nodes", "1");

        assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
        assertThat(said.out()).contains("nothing was lost").doesNotContain("killed");
        assertThat(said.out()).containsPattern("handler runs +100");
    }
}
