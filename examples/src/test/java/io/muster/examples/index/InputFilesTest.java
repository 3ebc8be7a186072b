package io.muster.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFilesTest {
    @TempDir
    private Path directory;

    @Test
    void whatGitAndBuildsKeepIsLeftOut() throws IOException {
        for (String name :
                List.of("b.txt", "a/c.txt", ".git/config", "target/x.class", "a/target-jdk25/y.class", "targets.txt")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        Files.createSymbolicLink(directory.resolve("link.txt"), directory.resolve("b.txt"));

        assertThat(InputFiles.find(directory).names()).containsExactly("a/c.txt", "b.txt", "targets.txt");
    }

    @Test
    void jobsAreCountedExactlyAndFilesRepeatUnderNewKeys() throws IOException {
        Files.writeString(directory.resolve("a.txt"), "a");
        Files.writeString(directory.resolve("b.txt"), "b");

        List<IndexFile> jobs = InputFiles.find(directory).jobs(5);

        assertThat(jobs)
                .extracting(IndexFile::key)
                .containsExactly("1:a.txt", "1:b.txt", "2:a.txt", "2:b.txt", "3:a.txt");
        assertThat(new HashSet<>(jobs)).hasSize(5);
        assertThat(jobs.get(3).path()).isEqualTo(directory.resolve("b.txt").toString());
        assertThat(InputFiles.nameOf("12:odd:name.txt")).isEqualTo("odd:name.txt");
    }

    @Test
    void aCopyHasTheSameFilesElsewhere() throws IOException {
        Files.createDirectories(directory.resolve("from/a"));
        Files.writeString(directory.resolve("from/a/x.txt"), "content");
        Path target = Files.createDirectory(directory.resolve("to"));

        InputFiles copy = InputFiles.find(directory.resolve("from")).copyTo(target);

        assertThat(copy.names()).containsExactly("a/x.txt");
        assertThat(target.resolve("a/x.txt")).hasContent("content");
    }

    @Test
    void aDirectoryWithoutFilesIsRefused() {
        assertThatThrownBy(() -> InputFiles.find(directory)).hasMessageContaining("No files to index");
        assertThatThrownBy(() -> InputFiles.find(directory.resolve("absent"))).hasMessageContaining("no directory");
    }
}
