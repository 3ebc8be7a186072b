package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import io.muster.servers.ServerBinary.Missing;
import io.muster.servers.ServerBinary.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Servers and libraries out of Debian packages, unpacked into the cache directory without root and without touching the package
 * database of the machine. An unpacked server appears under its final name only when it is complete.
 */
final class DebianPackages {

    /** So that an unreachable mirror costs its timeouts once per build and not once per module. */
    private static final Duration FAILURE_REMEMBERED = Duration.ofMinutes(10);

    /** A file lock excludes other processes only; within this JVM a second thread would get an exception from it. */
    private static final ReentrantLock WITHIN_THIS_JVM = new ReentrantLock();

    private final Path cache;

    DebianPackages(Path cache) {
        this.cache = cache;
    }

    /** Where packages were unpacked, or why they were not. */
    record Unpacked(Optional<Path> home, String reason) {}

    /** The server from the cache, fetched now if it is not there yet. */
    ServerBinary server(ServerKind kind) {
        DebianRecipe recipe = DebianRecipe.of(kind);
        Unpacked unpacked = unpacked(recipe);
        return unpacked.home()
                .map(home -> found(kind, recipe, home))
                .orElseGet(() -> missing(kind, recipe, unpacked.reason()));
    }

    /** What the recipe names, from the cache, fetched now if it is not there yet. */
    Unpacked unpacked(DebianRecipe recipe) {
        Optional<DebianMachine> machine = DebianMachine.thisOne();
        if (machine.isEmpty()) {
            return new Unpacked(Optional.empty(), "this is not a Debian system with apt-get, dpkg and a Debian mirror");
        }
        List<String> suites = recipe.suites(machine.get().codename());
        String suite = suites.get(suites.size() - 1);
        Path home = cache.resolve("servers").resolve(recipe.id() + "-" + suite);
        if (Files.isDirectory(home)) {
            return at(home);
        }
        WITHIN_THIS_JVM.lock();
        try {
            Files.createDirectories(home.getParent());
            try (FileChannel lockFile =
                    FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lockFile.lock(); // until the file is closed
                return Files.isDirectory(home) ? at(home) : fetched(recipe, machine.get(), suites, home);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot use the cache directory " + cache, failed);
        } finally {
            WITHIN_THIS_JVM.unlock();
        }
    }

    private static Unpacked at(Path home) {
        return new Unpacked(Optional.of(home), "");
    }

    private Unpacked fetched(DebianRecipe recipe, DebianMachine machine, List<String> suites, Path home)
            throws IOException {
        Path failure = home.resolveSibling(home.getFileName() + ".failed");
        if (isRecent(failure)) {
            return new Unpacked(
                    Optional.empty(),
                    Files.readString(failure).strip() + " (noted in " + failure + "; delete it to retry)");
        }
        Path partial = home.resolveSibling(home.getFileName() + ".partial");
        Directories.delete(partial);
        try {
            Apt apt = new Apt(machine, suites, cache.resolve("apt").resolve(String.join("+", suites)));
            apt.unpack(recipe, partial);
            recipe.prepare(partial);
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(failure);
            return at(home);
        } catch (Apt.AptException failed) {
            Files.writeString(failure, failed.reason() + System.lineSeparator());
            return new Unpacked(Optional.empty(), failed.reason());
        } finally {
            Directories.delete(partial);
        }
    }

    private static boolean isRecent(Path failure) throws IOException {
        return Files.exists(failure)
                && Files.getLastModifiedTime(failure)
                        .toInstant()
                        .plus(FAILURE_REMEMBERED)
                        .isAfter(Instant.now());
    }

    private static ServerBinary found(ServerKind kind, DebianRecipe recipe, Path home) {
        List<Path> libraries = recipe.ownLibc() ? List.of() : libraries(home);
        return recipe.unpackedBelow(home)
                .<ServerBinary>map(path -> new Found(kind, Origin.DEBIAN_PACKAGE, path, libraries))
                .orElseGet(() -> missing(
                        kind,
                        recipe,
                        "the packages unpacked in %s have no %s/%s"
                                .formatted(home, recipe.directory(), recipe.executable())));
    }

    private static List<Path> libraries(Path home) {
        return Stream.of("usr/lib", "lib")
                .map(home::resolve)
                .filter(Files::isDirectory)
                .flatMap(DebianPackages::triplets)
                .toList();
    }

    /** Debian keeps libraries in a directory per architecture, such as x86_64-linux-gnu. */
    private static Stream<Path> triplets(Path lib) {
        try (Stream<Path> children = Files.list(lib)) {
            return children.filter(child -> child.toString().contains("-linux-gnu")).toList().stream();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot list " + lib, failed);
        }
    }

    private static Missing missing(ServerKind kind, DebianRecipe recipe, String why) {
        return new Missing(
                kind,
                "no %s on PATH, %s; install it or set %s to its path"
                        .formatted(recipe.executable(), why, kind.environmentVariable()));
    }
}
