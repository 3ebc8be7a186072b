package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Signals that {@link ProcessHandle} does not know, and what the system tells about their effect. */
final class ProcessSignal {

    private static final long LIMIT_SECONDS = 20;

    private ProcessSignal() {}

    /** Returns whether there was such a process and the signal could be sent. */
    static boolean send(String name, long pid) {
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " " + pid + " 2>/dev/null").start();
            return kill.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && kill.exitValue() == 0;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot send SIG" + name + " to process " + pid, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling process " + pid, interrupted);
        }
    }

    /** Whether it stands still or is gone; true where the system does not tell. */
    static boolean isStopped(long pid) {
        char state = state(pid);
        return state == 'T' || isEnded(state);
    }

    /** Whether it has not ended; a process that nobody has waited for yet has. */
    static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).isPresent() && !(hasStates() && isEnded(state(pid)));
    }

    private static boolean hasStates() {
        return Files.exists(Path.of("/proc/self/stat"));
    }

    private static boolean isEnded(char state) {
        return state == 'Z' || state == 'X';
    }

    /** The state letter, which follows the last parenthesis of /proc/pid/stat; that of a dead one if there is none. */
    private static char state(long pid) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            return line.charAt(line.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return 'X';
        }
    }
}
