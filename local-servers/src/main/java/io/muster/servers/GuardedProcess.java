package io.muster.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
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
     * Arguments: the scratch directory or an empty word, whether the child's children go with it, the command. The first line on standard error is the child's
     * pid. Signals that a terminal or a build tool sends to the whole process group must not take the watchdog first, so
     * it ignores them; a file that may not grow is to be an error and not the end, so that is ignored by the child too; the child itself keeps reacting to SIGTERM. Where there is a /proc, the child's own children can
     * go with it: of these the state letter and the parent's pid follow the last parenthesis of the line. The watchdog is called off by SIGUSR1 when the child
     * has ended, and succeeds only if it had to kill the child; only then is the scratch directory ours to remove.
     */
    private static final String WATCHDOG =
            """
            scratch=$1
            family=$2
            shift 2
            trap '' INT HUP QUIT
            trap '' XFSZ
            exec 3<&0 </dev/null
            "$@" 2>&1 3<&- &
            child=$!
            echo "$child" >&2
            exec 2>/dev/null
            trap '' TERM
            {
              read -r never <&3
              trap '' USR1
              if [ "$family" = true ]; then
                kill -s STOP "$child"
                for stat in /proc/[0-9]*/stat; do
                  read -r line <"$stat" || continue
                  set -- ${line##*) }
                  [ "$2" = "$child" ] && kill -9 "${line%% *}"
                done
              fi
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
     * @param family whether SIGKILL, SIGSTOP and SIGCONT are also for the processes that the child has started
     */
    record Command(
            List<String> words, Map<String, String> environment, Path directory, String scratch, boolean family) {

        Command {
            words = List.copyOf(words);
            environment = Map.copyOf(environment);
        }
    }

    private final Process shell;
    private final long pid;

    /** Null if it ended before it could be looked up; knows better than the pid alone, which may be given away again. */
    private final @Nullable ProcessHandle child;

    private final boolean family;

    private GuardedProcess(Process shell, long pid, boolean family) {
        this.shell = shell;
        this.pid = pid;
        this.child = ProcessHandle.of(pid).orElse(null);
        this.family = family;
    }

    /** Starts the command; standard output and error go to {@code output} together, standard input is empty. */
    static GuardedProcess start(Command command, Redirect output) {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", WATCHDOG, "watchdog"));
        words.addAll(List.of(command.scratch(), Boolean.toString(command.family())));
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
                return new GuardedProcess(shell, Long.parseLong(line), command.family());
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

    /** SIGKILL to the child and its family; returns when they are gone. Also ends frozen ones. */
    void kill() {
        List<ProcessHandle> relatives = relatives();
        if (!relatives.isEmpty()) {
            ProcessSignal.send("STOP", pid); // it may have more by now, and then no more
            relatives = relatives();
        }
        if (isAlive() && child != null) {
            child.destroyForcibly();
        }
        relatives.forEach(ProcessHandle::destroyForcibly);
        if (!awaitExit(KILL_LIMIT) || !Await.until(KILL_LIMIT, gone(relatives))) {
            throw new IllegalStateException("process " + pid + " is still there after SIGKILL");
        }
    }

    /** Sends SIGTERM and does not wait. */
    void terminate() {
        if (isAlive() && child != null) {
            child.destroy();
        }
    }

    /** Sends a signal that ends the child, does not wait, and makes sure that a frozen child sees it. */
    void terminateAndThaw(String signal) {
        if (isAlive()) {
            ProcessSignal.send(signal, pid);
            resume();
        }
    }

    /** SIGSTOP to the child, and to its family; where the system shows it, returns when they stand still. */
    void freeze() {
        if (!ProcessSignal.send("STOP", pid)) {
            throw notSent("STOP");
        }
        if (!Await.until(KILL_LIMIT, () -> !isAlive() || ProcessSignal.isStopped(pid))) {
            throw new IllegalStateException("process " + pid + " still runs after SIGSTOP");
        }
        List<ProcessHandle> relatives = relatives();
        relatives.forEach(each -> ProcessSignal.send("STOP", each.pid()));
        Await.until(KILL_LIMIT, () -> relatives.stream().allMatch(each -> ProcessSignal.isStopped(each.pid())));
    }

    /** SIGCONT to the child, and to its family. */
    void thaw() {
        if (!resume()) {
            throw notSent("CONT");
        }
    }

    /** Does nothing to those that are not frozen. */
    private boolean resume() {
        relatives().forEach(each -> ProcessSignal.send("CONT", each.pid()));
        return ProcessSignal.send("CONT", pid);
    }

    /** Files of the child and its family grow to so many bytes only; {@code unlimited}: to any. */
    void limitFiles(String bytes) {
        FileLimit.set(pid, bytes);
        relatives().forEach(each -> FileLimit.set(each.pid(), bytes));
    }

    private List<ProcessHandle> relatives() {
        return child == null || !family ? List.of() : child.descendants().toList();
    }

    private IllegalStateException notSent(String name) {
        return new IllegalStateException(
                isAlive()
                        ? "could not send SIG" + name + " to process " + pid
                        : "process " + pid + " has ended and cannot get SIG" + name);
    }

    private static BooleanSupplier gone(List<ProcessHandle> processes) {
        return () -> processes.stream().noneMatch(each -> ProcessSignal.isRunning(each.pid()));
    }
}
