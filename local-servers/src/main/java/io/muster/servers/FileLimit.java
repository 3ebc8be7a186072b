package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Lets the files of a process grow no further: what writes beyond the limit fails as on a full disk, without one, and without a right that
 * only root has. Linux, with {@code prlimit}.
 */
final class FileLimit {

    private static final String PRLIMIT = "/usr/bin/prlimit";
    private static final long LIMIT_SECONDS = 20;

    private FileLimit() {}

    static boolean isPossible() {
        return Files.isExecutable(Path.of(PRLIMIT));
    }

    /** Sets the soft limit, which any process may raise again; inherited by the children it starts later. */
    static void set(long pid, String bytes) {
        List<String> command = List.of(PRLIMIT, "--pid", Long.toString(pid), "--fsize=" + bytes + ":");
        if (!run(command) && !run(asItsUser(command)) && ProcessSignal.isRunning(pid)) {
            throw new IllegalStateException("cannot limit the files of process " + pid);
        }
    }

    /** Not every root may limit the processes of others. */
    private static List<String> asItsUser(List<String> command) {
        return Stream.concat(Unprivileged.prefix().stream(), command.stream()).toList();
    }

    private static boolean run(List<String> command) {
        try {
            Process prlimit = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (prlimit.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return prlimit.exitValue() == 0;
            }
            prlimit.destroyForcibly();
            throw new IllegalStateException(PRLIMIT + " did not end");
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot run " + PRLIMIT, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while limiting a process", interrupted);
        }
    }
}
