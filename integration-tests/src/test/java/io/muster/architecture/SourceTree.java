package io.muster.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the project, found from wherever the build runs the tests. */
final class SourceTree {
    private SourceTree() {}

    /** The folder with the reactor's pom. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("cluster-api"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("These tests must run inside the project");
            }
        }
        return folder;
    }

    static List<Path> javaFiles() {
        try (Stream<Path> files = Files.walk(root(), 12)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/"))
                    .filter(file -> !root().relativize(file).toString().contains("target"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
