package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SkipReportTest {

    @Test
    void nothingNotedIsNothingSkipped(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("cluster-redis/target/classes"));

        assertThat(SkipReport.line(SkipReport.missingServers(root, "target"))).isEqualTo("skipped: 0");
    }

    @Test
    void aServerMissingInTwoModulesIsNamedOnceAndInOrder(@TempDir Path root) throws IOException {
        note(root, "cluster-etcd/target", "etcd");
        note(root, "integration-tests/target", "etcd");
        note(root, "integration-tests/target", "consul");

        assertThat(SkipReport.line(SkipReport.missingServers(root, "target"))).isEqualTo("skipped: 2 (consul, etcd)");
    }

    @Test
    void notesOfAnotherBuildDirectoryAreNotCounted(@TempDir Path root) throws IOException {
        note(root, "cluster-etcd/target-jdk25", "etcd");

        assertThat(SkipReport.missingServers(root, "target")).isEmpty();
    }

    private static void note(Path root, String buildDirectory, String server) throws IOException {
        Path notes = Files.createDirectories(root.resolve(buildDirectory).resolve(SkipReport.DIRECTORY));
        Files.writeString(notes.resolve(server + ".txt"), "not found\n");
    }
}
