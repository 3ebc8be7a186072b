package io.muster.servers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Says at the end of a build which servers it did without: {@code skipped: 2 (consul, etcd)}.
 *
 * <p>Tests note a missing server as {@code <server>.txt} in the directory {@code skipped-servers} of their module's build
 * directory. Arguments: the root of the checkout, and the name of the build directories. Exits with 1 if a server was
 * missing although {@code MUSTER_REQUIRE_SERVERS} is {@code all}.
 */
public final class SkipReport {

    static final String DIRECTORY = "skipped-servers";

    private static final String SUFFIX = ".txt";

    private SkipReport() {}

    public static void main(String[] args) throws IOException {
        SortedSet<String> missing = missingServers(Path.of(args[0]), args[1]);
        System.out.println(line(missing));
        if (!missing.isEmpty() && "all".equals(System.getenv("MUSTER_REQUIRE_SERVERS"))) {
            System.out.println("MUSTER_REQUIRE_SERVERS=all: a missing server fails the build");
            System.exit(1);
        }
    }

    static SortedSet<String> missingServers(Path root, String buildDirectory) throws IOException {
        SortedSet<String> missing = new TreeSet<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path module : modules) {
                Path notes = module.resolve(buildDirectory).resolve(DIRECTORY);
                if (Files.isDirectory(notes)) {
                    addServers(notes, missing);
                }
            }
        }
        return missing;
    }

    static String line(SortedSet<String> missing) {
        String names = missing.isEmpty() ? "" : " (" + String.join(", ", missing) + ")";
        return "skipped: " + missing.size() + names;
    }

    private static void addServers(Path notes, SortedSet<String> missing) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(notes, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                missing.add(name.substring(0, name.length() - SUFFIX.length()));
            }
        }
    }
}
