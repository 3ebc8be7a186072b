package io.muster.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The demo's directory, which only its user may read; removed at the end. Its name is unique and serves as namespace too.
 *
 * @param directory absolute
 */
record Scratch(Path directory) implements AutoCloseable {
    static Scratch create() {
        try {
            Scratch scratch = new Scratch(Files.createTempDirectory("muster-demo-"));
            Files.createDirectory(scratch.results());
            Files.createDirectory(scratch.input());
            return scratch;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a temporary directory", e);
        }
    }

    String name() {
        return String.valueOf(directory.getFileName());
    }

    /** Where nodes note their runs. */
    Path results() {
        return directory.resolve("results");
    }

    /** Where the files lie that are indexed. */
    Path input() {
        return directory.resolve("input");
    }

    @Override
    public void close() {
        try (Stream<Path> tree = Files.walk(directory)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + directory + "; remove it by hand", e);
        }
    }
}
