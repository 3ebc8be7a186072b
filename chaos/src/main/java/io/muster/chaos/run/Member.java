package io.muster.chaos.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.chaos.node.HeapFiller;
import io.muster.servers.FakeTime;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process of the run over all its lives: a node or a client, with its own ways to the coordinator and to the store. It is started again
 * when it has ended by itself. Thread-safe.
 */
final class Member implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String name;
    private final Class<?> main;
    private final List<String> arguments;
    private final Path folder;
    private final List<Way> ways;
    private final FakeTime clocks;

    @GuardedBy("this")
    private JavaProcess process;

    @GuardedBy("this")
    private int lives;

    /** Somebody wants it down. */
    @GuardedBy("this")
    private boolean heldDown;

    Member(String name, Class<?> main, List<String> arguments, Path folder, List<Way> ways, FakeTime clocks) {
        this.name = name;
        this.main = main;
        this.arguments = arguments;
        this.folder = folder;
        this.ways = ways;
        this.clocks = clocks;
        FakeTime.set(clock(), Duration.ZERO);
        this.process = launch();
    }

    @GuardedBy("this")
    private JavaProcess launch() {
        List<String> words = new ArrayList<>(List.of(folder.toString()));
        words.addAll(arguments);
        words.add("life=" + lives++);
        JavaCommand command = JavaCommand.of(main.getName(), words.toArray(String[]::new))
                .withJvmOptions(
                        endsWithoutMemory() ? "-XX:+ExitOnOutOfMemoryError" : "-XX:-ExitOnOutOfMemoryError",
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                        "-Dorg.slf4j.simpleLogger.showDateTime=true",
                        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
                        "-Dorg.slf4j.simpleLogger.log.io.netty=warn",
                        "-Dorg.slf4j.simpleLogger.log.org.apache=warn")
                .withLog(folder.resolve(name + ".log"));
        for (Map.Entry<String, String> variable : clocks.environment(clock()).entrySet()) {
            command = command.withEnvironment(variable.getKey(), variable.getValue());
        }
        return JavaProcess.start(command);
    }

    /** As most people run their nodes. The others go on without memory, as well as they can. */
    private boolean endsWithoutMemory() {
        return name.endsWith("2");
    }

    private Path clock() {
        return folder.resolve(name + ".clock");
    }

    /** Whether {@link #setClock} has an effect. */
    boolean hasClock() {
        return clocks.isPossible();
    }

    /** Its wall clock is so much ahead from now on, over all its lives. */
    void setClock(Duration ahead) {
        FakeTime.set(clock(), ahead);
    }

    /** Fills its heap until {@link #freeHeap}. */
    void fillHeap() {
        try {
            Files.writeString(HeapFiller.file(folder, name), "");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot fill the heap of " + name, e);
        }
    }

    void freeHeap() {
        try {
            Files.deleteIfExists(HeapFiller.file(folder, name));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot free the heap of " + name, e);
        }
    }

    String name() {
        return name;
    }

    List<Way> ways() {
        return ways;
    }

    /**
     * Waits for this line of whichever life; a server that does not answer in time on a busy machine costs a node one.
     *
     * @throws ChaosException it does not say so in five minutes
     */
    void awaitReady(String line) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        boolean ready = false;
        while (!ready && System.nanoTime() < end) {
            JavaProcess current;
            synchronized (this) {
                current = process;
            }
            ready = current.awaitLine(line::equals, LOOK).isPresent();
            if (!ready) {
                Thread.sleep(LOOK.dividedBy(5).toMillis());
            }
        }
        if (!ready) {
            throw new ChaosException(name + " did not become ready, see " + folder.resolve(name + ".log"));
        }
    }

    /** Whether its present life says this line in time. */
    boolean says(String line, Duration limit) {
        JavaProcess current;
        synchronized (this) {
            current = process;
        }
        return current.awaitLine(line::equals, limit).isPresent();
    }

    synchronized void kill() {
        heldDown = true;
        process.kill();
    }

    /** SIGTERM, without waiting. */
    synchronized void terminate() {
        heldDown = true;
        process.terminate();
    }

    boolean awaitExit(Duration limit) {
        JavaProcess current;
        synchronized (this) {
            current = process;
        }
        return current.awaitExit(limit);
    }

    synchronized void freeze() {
        process.freeze();
    }

    synchronized void thaw() {
        process.thaw();
    }

    /** Lets the supervisor start it again. */
    synchronized void release() {
        heldDown = false;
    }

    synchronized boolean isAlive() {
        return process.isAlive();
    }

    /** Starts another life if it has ended and may live. */
    synchronized void supervise() {
        if (!heldDown && !process.isAlive()) {
            process = launch();
        }
    }

    @Override
    public synchronized void close() {
        heldDown = true;
        process.close();
        ways.forEach(Way::close);
    }
}
