package io.muster.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A file system of its own, in memory, that can really be full. Needs the right to mount, as root has on most Linux systems. It is gone with
 * {@link #close()}, or when this JVM ends in order; of a killed one it stays, empty, until it is unmounted by hand. One thread uses it.
 */
public final class SmallDisk implements AutoCloseable {

    private static final String BALLAST = "ballast";
    private static final int LARGE = 1 << 20;
    private static final int SMALL = 1 << 12;
    private static final long LIMIT_SECONDS = 20;

    private final Path directory;
    private final Thread atTheEnd;

    private SmallDisk(Path directory) {
        this.directory = directory;
        this.atTheEnd = new Thread(this::unmount, "unmount");
    }

    /** Mounts one of so many megabytes at a new directory; empty if that is not allowed here, and then nothing is left. */
    public static Optional<SmallDisk> tryMount(Path directory, int megabytes) {
        try {
            Files.createDirectories(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot create " + directory, failed);
        }
        String size = "size=" + megabytes + "m,mode=1777";
        if (!run(List.of("mount", "-t", "tmpfs", "-o", size, "muster", directory.toString()))) {
            Directories.delete(directory);
            return Optional.empty();
        }
        SmallDisk disk = new SmallDisk(directory);
        Runtime.getRuntime().addShutdownHook(disk.atTheEnd);
        return Optional.of(disk);
    }

    /** Where it is mounted. */
    public Path directory() {
        return directory;
    }

    /** Takes all that is left; returns when there is no more. */
    public void fill() {
        try (OutputStream out = Files.newOutputStream(directory.resolve(BALLAST))) {
            writeUntilFull(out, LARGE);
            writeUntilFull(out, SMALL);
        } catch (IOException full) {
            if (!Files.exists(directory.resolve(BALLAST))) {
                throw new UncheckedIOException("cannot fill " + directory, full);
            }
        }
    }

    private static void writeUntilFull(OutputStream out, int size) {
        byte[] block = new byte[size];
        boolean full = false;
        while (!full) {
            try {
                out.write(block);
            } catch (IOException noSpaceLeft) {
                full = true;
            }
        }
    }

    /** Gives back what {@link #fill} took. */
    public void free() {
        try {
            Files.deleteIfExists(directory.resolve(BALLAST));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot free " + directory, failed);
        }
    }

    /** Unmounts it, with all that is on it, and removes its directory. Twice has no effect. */
    @Override
    public void close() {
        if (Runtime.getRuntime().removeShutdownHook(atTheEnd)) {
            unmount();
            Directories.delete(directory);
        }
    }

    private void unmount() {
        run(List.of("umount", "-l", directory.toString()));
    }

    private static boolean run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while mounting", interrupted);
        }
    }
}
