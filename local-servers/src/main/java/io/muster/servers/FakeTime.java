package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Sets the wall clocks of processes apart from the machine's, while they run, by libfaketime; their monotonic clocks stay what they are. The
 * library is looked for as servers are: the environment variable {@link #VARIABLE} (its path, or {@code skip}), then where systems
 * install it, then a Debian package unpacked into the cache directory. Works for programs that ask the C library for the time, as JVMs and Redis do,
 * and not for those written in Go.
 */
public final class FakeTime {

    /** Names the library, or says {@code skip}. */
    public static final String VARIABLE = "MUSTER_IT_FAKETIME";

    private static final String SKIP = "skip";
    private static final Path SYSTEM = Path.of("/");
    private static final double SECOND = 1000;

    private final Optional<Path> library;
    private final String reason;

    private FakeTime(Optional<Path> library, String reason) {
        this.library = library;
        this.reason = reason;
    }

    /** Looks for the library, which may fetch it; never throws because there is none. */
    public static FakeTime locate() {
        return locate(ServerEnvironment.ofThisProcess());
    }

    static FakeTime locate(ServerEnvironment environment) {
        Optional<String> override =
                Optional.ofNullable(environment.variables().get(VARIABLE)).filter(value -> !value.isBlank());
        if (override.isPresent()) {
            return overridden(override.get());
        }
        DebianRecipe recipe = DebianRecipe.fakeTime();
        Optional<Path> installed = recipe.filesBelow(SYSTEM).findFirst();
        if (installed.isPresent()) {
            return new FakeTime(installed, "");
        }
        DebianPackages.Unpacked unpacked = new DebianPackages(environment.cacheDirectory()).unpacked(recipe);
        Optional<Path> fetched =
                unpacked.home().flatMap(home -> recipe.filesBelow(home).findFirst());
        return new FakeTime(
                fetched,
                fetched.isPresent()
                        ? ""
                        : "no " + recipe.executable() + " installed, " + unpacked.reason() + "; install it or set "
                                + VARIABLE + " to its path");
    }

    private static FakeTime overridden(String value) {
        if (value.equals(SKIP)) {
            return new FakeTime(Optional.empty(), VARIABLE + "=skip");
        }
        Path path = Path.of(value);
        return Files.isRegularFile(path)
                ? new FakeTime(Optional.of(path.toAbsolutePath()), "")
                : new FakeTime(Optional.empty(), VARIABLE + "=" + value + " is not a file");
    }

    /** Whether there is such a library. */
    public boolean isPossible() {
        return library.isPresent();
    }

    /** Why there is none, and what would help, in one line; empty if there is one. */
    public String reason() {
        return reason;
    }

    /**
     * With these environment variables a process has the clock of this file; see {@link #set}. None if there is no library: its clock is then the
     * machine's.
     */
    public Map<String, String> environment(Path file) {
        return library.map(path -> Map.of(
                        "LD_PRELOAD",
                        path.toString(),
                        "FAKETIME_TIMESTAMP_FILE",
                        file.toAbsolutePath().toString(),
                        "FAKETIME_CACHE_DURATION",
                        "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC",
                        "1",
                        // Or waits of a JVM with a limit, which it counts on the monotonic clock, are over at once.
                        "FAKETIME_FORCE_MONOTONIC_FIX",
                        "0"))
                .orElse(Map.of());
    }

    /** Within a second, the processes of this file are so much ahead of the machine, or behind if it is negative. */
    public static void set(Path file, Duration ahead) {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(whole, String.format(Locale.ROOT, "%+.3f%n", ahead.toMillis() / SECOND));
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot set the clock in " + file, failed);
        }
    }
}
