package io.muster.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Looks at the end of a build whether a secret of the tests ({@link TestSecrets}) stands in anything that the tests of any module wrote: reports and
 * captured output. Names the files and the secrets' numbers, never the secrets.
 *
 * <p>Arguments: the root of the checkout, and the name of the build directories. Exits with 1 if one was found.
 */
public final class SecretReport {
    private static final List<String> WRITTEN = List.of("surefire-reports", "failsafe-reports");

    private SecretReport() {}

    public static void main(String[] args) throws IOException {
        SortedMap<Path, List<Integer>> found = search(Path.of(args[0]), args[1]);
        System.out.println("secrets in what the tests wrote: " + found.size());
        found.forEach((file, numbers) -> System.out.println("  " + file + ": TestSecrets.ALL" + numbers));
        if (!found.isEmpty()) {
            System.exit(1);
        }
    }

    /** The files that hold secrets, with the places of these in {@link TestSecrets#ALL}. */
    static SortedMap<Path, List<Integer>> search(Path root, String buildDirectory) throws IOException {
        SortedMap<Path, List<Integer>> found = new TreeMap<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path module : modules) {
                for (String directory : WRITTEN) {
                    searchBeneath(module.resolve(buildDirectory).resolve(directory), found);
                }
            }
        }
        return found;
    }

    private static void searchBeneath(Path directory, SortedMap<Path, List<Integer>> found) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            // Octet by octet: what tests write need not be text.
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            List<Integer> numbers = Stream.iterate(0, number -> number + 1)
                    .limit(TestSecrets.ALL.size())
                    .filter(number -> text.contains(TestSecrets.ALL.get(number)))
                    .toList();
            if (!numbers.isEmpty()) {
                found.put(file, numbers);
            }
        }
    }
}
