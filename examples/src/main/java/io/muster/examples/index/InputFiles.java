package io.muster.examples.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Files to index, in the order of their paths. Left out: what Git and builds keep ({@code .git}, {@code target…}), links,
 * what cannot be read, and files above 16 MiB.
 *
 * @param directory under which they lie
 * @param names their paths below it
 */
public record InputFiles(Path directory, List<String> names) {
    private static final long LARGEST = 16L << 20;
    private static final int MOST = 100_000;

    public InputFiles {
        names = List.copyOf(names);
    }

    /**
     * Looks for files.
     *
     * @throws IllegalArgumentException there is no such directory, it has no files, or far too many
     */
    public static InputFiles find(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("There is no directory " + root + " to read files from");
        }
        List<String> names = new ArrayList<>();
        try {
            Files.walkFileTree(root, new Finder(root, names));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look for files in " + root, e);
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("No files to index in " + root + "; name another directory");
        }
        return new InputFiles(root, names.stream().sorted().toList());
    }

    public int size() {
        return names.size();
    }

    /** Exactly {@code count} jobs, one per file, in as many passes as that takes; each key is unique. */
    public List<IndexFile> jobs(int count) {
        List<IndexFile> jobs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String name = names.get(i % names.size());
            int pass = i / names.size() + 1;
            jobs.add(new IndexFile(directory.resolve(name).toString(), pass + ":" + name));
        }
        return jobs;
    }

    /** The file that a job of {@link #jobs} is about. */
    public static String nameOf(String key) {
        return key.substring(key.indexOf(':') + 1);
    }

    /** Copies them into another directory, where nobody changes them. */
    public InputFiles copyTo(Path target) {
        try {
            for (String name : names) {
                Path copy = target.resolve(name);
                Files.createDirectories(copy.getParent());
                Files.copy(directory.resolve(name), copy);
            }
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("A file vanished while it was copied; try again: " + e.getFile(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy the files of " + directory + " to " + target, e);
        }
        return new InputFiles(target, names);
    }

    /** Collects the paths of files. */
    private static final class Finder extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<String> names;

        Finder(Path root, List<String> names) {
            this.root = root;
            this.names = names;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = String.valueOf(directory.getFileName());
            boolean skipped = !directory.equals(root) && (name.equals(".git") || name.startsWith("target"));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && attributes.size() <= LARGEST && Files.isReadable(file)) {
                names.add(root.relativize(file).toString());
            }
            if (names.size() > MOST) {
                throw new IllegalArgumentException(
                        "More than " + MOST + " files in " + root + "; name a smaller directory");
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) {
            return FileVisitResult.CONTINUE;
        }
    }
}
