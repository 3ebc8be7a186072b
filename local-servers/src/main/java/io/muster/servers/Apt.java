package io.muster.servers;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's own apt-get and dpkg, with a private state directory, for a Debian suite and those that add to it. Signatures are verified as
 * always. Not safe for concurrent use of one directory.
 */
final class Apt {

    private static final Logger log = LoggerFactory.getLogger(Apt.class);

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final long MEGABYTE = 1_000_000;

    private final DebianMachine machine;
    private final List<String> suites;
    private final Path directory;

    Apt(DebianMachine machine, List<String> suites, Path directory) {
        this.machine = machine;
        this.suites = List.copyOf(suites);
        this.directory = directory;
    }

    /** A command failed; the message ends with what it said. */
    static final class AptException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String reason;

        AptException(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Downloads the packages of a recipe and unpacks them below {@code target}. */
    void unpack(DebianRecipe recipe, Path target) throws IOException, AptException {
        Path downloads = directory.resolve("downloads");
        Directories.delete(downloads);
        for (String part : List.of("lists/partial", "cache/archives/partial", "downloads")) {
            Files.createDirectories(directory.resolve(part));
        }
        Files.write(
                directory.resolve("sources.list"),
                suites.stream()
                        .map(suite ->
                                "deb [signed-by=%s] %s %s main".formatted(machine.keyring(), machine.mirror(), suite))
                        .toList());

        announce("looking up %s (Debian %s)".formatted(recipe.id(), names()));
        run(downloads, apt("apt-get", "-qq", "update"));
        List<String> packages = packages(downloads, recipe);
        announce("fetching %s (Debian package, %d MB)…".formatted(recipe.id(), megabytes(downloads, packages)));
        run(downloads, apt(packages, "apt-get", "-qq", "download"));
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(downloads)) {
            for (Path file : files.toList()) {
                run(downloads, List.of("dpkg", "-x", file.toString(), target.toString()));
            }
        }
        Directories.delete(directory);
    }

    /** A line that is not indented names a package; those that depend on it, or it on them, follow. */
    private List<String> packages(Path downloads, DebianRecipe recipe) throws IOException, AptException {
        List<String> command = apt("apt-cache", "depends", "--recurse", "--important");
        command.addAll(recipe.roots());
        return run(downloads, command)
                .lines()
                .filter(recipe.taken().asMatchPredicate())
                .toList();
    }

    /** Each line of --print-uris is an address, a file name, a size in bytes and a checksum. */
    private long megabytes(Path downloads, List<String> packages) throws IOException, AptException {
        long bytes = run(downloads, apt(packages, "apt-get", "--print-uris", "download"))
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length == 4 && words[2].matches("[0-9]+"))
                .mapToLong(words -> Long.parseLong(words[2]))
                .sum();
        return Math.max(1, Math.round((double) bytes / MEGABYTE));
    }

    private List<String> apt(List<String> packages, String... command) {
        return Stream.concat(apt(command).stream(), packages.stream()).toList();
    }

    private List<String> apt(String... command) {
        List<String> words = new ArrayList<>(Arrays.asList(command));
        for (String option : List.of(
                "Dir::Etc::sourcelist=" + directory.resolve("sources.list"),
                "Dir::Etc::sourceparts=-",
                "Dir::State::lists=" + directory.resolve("lists"),
                "Dir::State::status=/dev/null",
                "Dir::Cache=" + directory.resolve("cache"),
                "Debug::NoLocking=1",
                "APT::Sandbox::User=",
                "APT::Update::Error-Mode=any",
                "Acquire::Languages=none",
                "Acquire::Retries=2",
                "Acquire::http::Timeout=20",
                "Acquire::https::Timeout=20")) {
            words.addAll(List.of("-o", option));
        }
        return words;
    }

    private String run(Path downloads, List<String> words) throws IOException, AptException {
        Path output = Files.createTempFile(directory, "output", ".log");
        log.debug("Running command={}", words);
        GuardedProcess process = GuardedProcess.start(
                new GuardedProcess.Command(words, Map.of("LC_ALL", "C"), downloads, "", false),
                Redirect.to(output.toFile()));
        boolean ended = process.awaitExit(LIMIT);
        process.kill();
        String said = Files.readString(output);
        if (!ended || process.exitCode().orElseThrow() != 0) {
            throw new AptException("%s failed for Debian %s: %s".formatted(words.get(0), names(), complaint(said)));
        }
        return said;
    }

    private String names() {
        return String.join(", ", suites);
    }

    /** The first warning or error says what is wrong; those that follow say what came of it. */
    private static String complaint(String said) {
        return said.lines()
                .filter(line -> line.startsWith("W: ") || line.startsWith("E: "))
                .findFirst()
                .orElseGet(said::strip);
    }

    /** A build that seems to hang needs a word on the terminal, not in a log that is off by default. */
    private static void announce(String progress) {
        System.err.println("[muster] " + progress);
    }
}
