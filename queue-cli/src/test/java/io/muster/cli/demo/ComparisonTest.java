package io.muster.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.examples.index.FileIndex;
import io.muster.examples.index.IndexRun;
import io.muster.examples.index.InputFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    private static final Map<String, String> PUSHED = Map.of("job-1", "1:a.txt", "job-2", "1:b.txt");

    @TempDir
    private Path directory;

    private InputFiles files;
    private FileIndex a;
    private FileIndex b;

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(directory.resolve("a.txt"), "some words\n");
        Files.writeString(directory.resolve("b.txt"), "other words\n");
        files = InputFiles.find(directory);
        a = FileIndex.of(directory.resolve("a.txt"));
        b = FileIndex.of(directory.resolve("b.txt"));
    }

    @Test
    void equalResultsAreRightAndCountedPerNode() {
        Comparison comparison = Comparison.of(
                PUSHED,
                List.of(
                        begun("job-1", "1:a.txt", "node-1", 0),
                        begun("job-1", "1:a.txt", "node-1", 0).ended(a),
                        begun("job-2", "1:b.txt", "node-2", 0),
                        begun("job-2", "1:b.txt", "node-2", 0).ended(b)),
                files);

        assertThat(comparison).isEqualTo(new Comparison(0, 0, 2, 0, 0, Map.of("node-1", 1, "node-2", 1)));
    }

    @Test
    void aJobWithoutAResultIsMissingAlsoIfItBegan() {
        Comparison comparison = Comparison.of(PUSHED, List.of(begun("job-1", "1:a.txt", "node-1", 0)), files);

        assertThat(comparison.missing()).isEqualTo(2);
        assertThat(comparison.handlerRuns()).isEqualTo(1);
    }

    @Test
    void aDifferentResultIsWrongAlsoIfARightOneFollows() {
        Comparison comparison = Comparison.of(
                PUSHED,
                List.of(
                        begun("job-1", "1:a.txt", "node-1", 0).ended(b),
                        begun("job-1", "1:a.txt", "node-2", 1).ended(a)),
                files);

        assertThat(comparison.wrong()).isEqualTo(1);
    }

    @Test
    void aResultUnderAnotherKeyIsWrong() {
        Comparison comparison = Comparison.of(
                PUSHED, List.of(begun("job-1", "1:b.txt", "node-1", 0).ended(b)), files);

        assertThat(comparison.wrong()).isEqualTo(1);
    }

    @Test
    void crashesAndRetriesAreCountedApart() {
        Comparison comparison = Comparison.of(
                PUSHED,
                List.of(
                        begun("job-1", "1:a.txt", "node-1", 0),
                        begun("job-1", "1:a.txt", "node-2", 1),
                        begun("job-1", "1:a.txt", "node-2", 1).ended(a),
                        begun("job-2", "1:b.txt", "node-2", 0),
                        new IndexRun("job-2", "1:b.txt", "node-2", 2, 0, null),
                        new IndexRun("job-2", "1:b.txt", "node-2", 2, 0, b)),
                files);

        assertThat(comparison).isEqualTo(new Comparison(0, 0, 4, 1, 1, Map.of("node-2", 2)));
    }

    private static IndexRun begun(String job, String key, String node, int crashes) {
        return new IndexRun(job, key, node, 1, crashes, null);
    }
}
