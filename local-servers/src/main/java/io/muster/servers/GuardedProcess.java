package io.muster.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A child process that cannot outlive this JVM, with the signals that tests need.
 *
 * <p>A shell starts the child and a watchdog that reads from a pipe only this JVM holds open. When the JVM ends, in
 * whatever way, the pipe closes, and the watchdog kills the child and removes its scratch directory. The shell ends with
 * the child's exit code (128 + signal if a signal ended it). Safe for use by several threads.
 */
final class GuardedProcess {

    /**
     * Arguments: the scratch directory or an empty word, then the command. The first line on standard error is the child's
     * pid. Signals that a terminal or a build tool sends to the whole process group must not take the watchdog first, so
     * it ignores them; the child itself keeps reacting to SIGTERM. The watchdog is called off by SIGUSR1 when the child
     * has ended, and succeeds only if it had to kill the child; only then is the scratch directory ours to remove.
     */
    private static final String WATCHDOG =
            """
            scratch=$1
            shift
            trap '' INT HUP QUIT
            exec 3<&0 </dev/null
            "$@" 2>&1 3<&- &
            child=$!
            echo "$child" >&2
            exec 2>/dev/null
            trap '' TERM
            {
              read -r never <&3
              trap '' USR1
              kill -9 "$child"
              exit 0
            } >/dev/null &
            watchdog=$!
            exec 3<&-
            wait "$child"
            code=$?
            kill -s USR1 "$watchdog"
            wait "$watchdog" && [ -n "$scratch" ] && rm -rf -- "$scratch"
            exit "$code"
            """;

    private static final Duration KILL_LIMIT = Duration.ofSeconds(20);

    /**
     * What to start.
     *
     * @param environment variables added to those of this JVM
     * @param scratch removed if this JVM ends while the child runs; empty: nothing is
     */
    record Command(List<String> words, Map<String, String> environment, Path directory, String scratch) {

        Command {
            words = List.copyOf(words);
            environment = Map.copyOf(environment);
        }
    }

    private final Process shell;
    private final long pid;

    /** Null if it ended before it could be looked up; knows better than the pid alone, which may be given away again. */
    private final @Nullable ProcessHandle child;

    private GuardedProcess(Process shell, long pid) {
        this.shell = shell;
        this.pid = pid;
        this.child = ProcessHandle.of(pid).orElse(null);
    }

    /** Starts the command; standard output and error go to {@code output} together, standard input is empty. */
    static GuardedProcess start(Command command, Redirect output) {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", WATCHDOG, "watchdog", command.scratch()));
        words.addAll(command.words());
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.directory(command.directory().toFile());
        builder.environment().putAll(command.environment());
        builder.redirectOutput(output);
        try {
            Process shell = builder.start();
            try (BufferedReader control = shell.errorReader(StandardCharsets.US_ASCII)) {
                String line = control.readLine();
                if (line == null) {
                    throw new IOException("the shell ended before it started "
                            + command.words().get(0));
                }
                return new GuardedProcess(shell, Long.parseLong(line));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start " + command.words().get(0), failed);
        }
    }

    /** The pid of the child itself, not of the shell. */
    long pid() {
        return pid;
    }

    boolean isAlive() {
        return shell.isAlive();
    }

    /** What the child writes, if it was started with {@link Redirect#PIPE}; ends when the child ends. */
    InputStream output() {
        return shell.getInputStream();
    }

    OptionalInt exitCode() {
        return shell.isAlive() ? OptionalInt.empty() : OptionalInt.of(shell.exitValue());
    }

    /** Returns whether the child ended within the limit. */
    boolean awaitExit(Duration limit) {
        try {
            return shell.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + pid, interrupted);
        }
    }

    /** SIGKILL; returns when the child is gone. Also ends a frozen child. */
    void kill() {
        if (isAlive() && child != null) {
            child.destroyForcibly();
        }
        if (!awaitExit(KILL_LIMIT)) {
            throw new IllegalStateException("process " + pid + " is still there after SIGKILL");
        }
    }

    /** Sends SIGTERM and does not wait. */
    void terminate() {
        if (isAlive() && child != null) {
            child.destroy();
        }
    }

    /** As {@link #terminate()}, and makes sure that a frozen child sees it. */
    void terminateAndThaw() {
        terminate();
        if (isAlive() && isStopped()) {
            thaw();
        }
    }

    /** SIGSTOP; where the system shows it, returns when all threads of the child stand still. */
    void freeze() {
        signal("STOP");
        if (!Await.until(KILL_LIMIT, () -> !isAlive() || isStopped())) {
            throw new IllegalStateException("process " + pid + " still runs after SIGSTOP");
        }
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        if (!isAlive()) {
            throw new IllegalStateException("process " + pid + " has ended and cannot get SIG" + name);
        }
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " " + pid)
                    .inheritIO()
                    .start();
            if (!kill.waitFor(KILL_LIMIT.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("could not send SIG" + name + " to process " + pid);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot send SIG" + name + " to process " + pid, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling process " + pid, interrupted);
        }
    }

    /** Reads the state letter, which follows the last parenthesis of /proc/pid/stat; true where there is no such file. */
    private boolean isStopped() {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        if (!Files.exists(stat)) {
            return true;
        }
        try {
            String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
            return line.startsWith("T", line.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return true;
        }
    }
}
