package io.muster.servers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Java program in a JVM of its own, such as a node of a cluster. It cannot outlive this JVM: it is killed when
 * this JVM ends, in whatever way. Safe for use by several threads.
 */
public final class JavaProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JavaProcess.class);

    private final GuardedProcess process;
    private final RecentLines lines = new RecentLines();

    /** Used by the thread that reads the output only. */
    private boolean listenerFailed;

    private JavaProcess(GuardedProcess process) {
        this.process = process;
    }

    /** Starts the program; returns when its process exists, which is before its main method runs. */
    public static JavaProcess start(JavaCommand command) {
        return start(command, line -> {});
    }

    /**
     * Starts the program.
     *
     * @param listener gets each line of standard output and error, in order, on one thread; it must not block for long,
     *     or the program will stand still when it writes
     */
    public static JavaProcess start(JavaCommand command, Consumer<String> listener) {
        BufferedWriter writer = open(command.log());
        GuardedProcess process = GuardedProcess.start(
                new GuardedProcess.Command(
                        command.words(launcher()),
                        command.environment(),
                        Path.of("").toAbsolutePath(),
                        "",
                        false),
                Redirect.PIPE);
        JavaProcess started = new JavaProcess(process);
        DaemonThreads.start("output-" + process.pid(), () -> started.readOutput(writer, listener));
        return started;
    }

    /** Before the program starts, which would stand still if nobody read its output. */
    private static BufferedWriter open(Path file) {
        try {
            return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write the log " + file, failed);
        }
    }

    /** The {@code java} executable of the JDK this JVM runs on. */
    public static Path launcher() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code once it has ended: 128 + signal number if a signal ended it, so 137 after {@link #kill()}. */
    public OptionalInt exitCode() {
        return process.exitCode();
    }

    /** Returns whether the program ended within the limit. */
    public boolean awaitExit(Duration limit) {
        return process.awaitExit(limit);
    }

    /**
     * Waits for a line of output, looking first at the last 10,000 lines already written.
     *
     * @return the first such line; empty if the limit passed or the output ended without one
     */
    public Optional<String> awaitLine(Predicate<String> wanted, Duration limit) {
        return lines.await(wanted, limit);
    }

    /** SIGKILL: no clean-up, no shutdown hooks. Returns when the process is gone. */
    public void kill() {
        process.kill();
    }

    /** SIGTERM: asks it to end, and does not wait. A frozen process reacts when it is thawed. */
    public void terminate() {
        process.terminate();
    }

    /** SIGSTOP: the process stands still as in a very long garbage collection; its connections stay open. */
    public void freeze() {
        process.freeze();
    }

    /** SIGCONT: it goes on where it stood. */
    public void thaw() {
        process.thaw();
    }

    /**
     * Lets each file of the program grow to so many bytes and no further, as if the disk were full, until {@link #unlimitFiles}, or its end.
     * Existing files that are larger can still be changed up to there.
     *
     * @throws IllegalStateException if this system cannot; see {@link #canLimitFiles}
     */
    public void limitFiles(long bytes) {
        process.limitFiles(Long.toString(bytes));
    }

    /** The disk has room again. */
    public void unlimitFiles() {
        process.limitFiles("unlimited");
    }

    /** Whether {@link #limitFiles} works here: on Linux with {@code prlimit}. */
    public static boolean canLimitFiles() {
        return FileLimit.isPossible();
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        process.kill();
    }

    private void readOutput(BufferedWriter log, Consumer<String> listener) {
        try (log;
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(process.output(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                log.write(line);
                log.newLine();
                log.flush();
                lines.add(line);
                tell(listener, line);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot copy the output of process " + process.pid(), failed);
        } finally {
            lines.end();
        }
    }

    private void tell(Consumer<String> listener, String line) {
        try {
            listener.accept(line);
        } catch (RuntimeException failed) {
            if (!listenerFailed) {
                log.warn("Listener to the output of process {} failed, goes on with the next line", pid(), failed);
            }
            listenerFailed = true;
        }
    }
}
