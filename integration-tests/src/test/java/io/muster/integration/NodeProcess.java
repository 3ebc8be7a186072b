package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A node in a process of its own, as the test sees and disturbs it. Stays the same node if it is started again. */
final class NodeProcess implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int MOST_LIVES = 3;

    private final String name;
    private final String uri;
    private final Path folder;
    private final List<String> settings;
    private JavaProcess process;

    private NodeProcess(String name, String uri, Path folder, List<String> settings) {
        this.name = name;
        this.uri = uri;
        this.folder = folder;
        this.settings = settings;
        this.process = launch();
    }

    /** Starts it; {@code settings} are {@code name=value} beside its name and the address. */
    static NodeProcess start(String name, String uri, Path folder, List<String> settings) {
        return new NodeProcess(name, uri, folder, settings);
    }

    private JavaProcess launch() {
        List<String> arguments = new ArrayList<>(
                List.of(folder.resolve(name + ".jsonl").toString(), "muster.node-id=" + name, "muster.cluster=" + uri));
        arguments.addAll(settings);
        arguments.replaceAll(argument -> argument.equals(NodeMain.STOPS) ? NodeMain.STOPS + "=" + orders() : argument);
        return JavaProcess.start(JavaCommand.of(NodeMain.class.getName(), arguments.toArray(String[]::new))
                .withJvmOptions(
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                        "-Dorg.slf4j.simpleLogger.showDateTime=true",
                        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
                        "-Dorg.slf4j.simpleLogger.log.io.netty=warn",
                        "-Dorg.slf4j.simpleLogger.log.org.apache=warn")
                .withLog(folder.resolve(name + ".log")));
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it has begun. One whose server did not answer in time, on a busy machine, is started again as a supervisor would. */
    void awaitReady() {
        for (int lives = 1; lives < MOST_LIVES && !isReady() && endedUnanswered(); lives++) {
            System.out.println(name + " was not answered at its start and begins again");
            startAgain();
        }
        awaitLog(NodeMain.READY::equals);
    }

    private boolean isReady() {
        return process.awaitLine(NodeMain.READY::equals, LONG).isPresent();
    }

    private boolean endedUnanswered() {
        List<String> log = read(folder.resolve(name + ".log"));
        return !isAlive()
                && log.stream()
                        .filter(line -> line.startsWith("Exception in thread \"main\""))
                        .reduce((earlier, later) -> later)
                        .filter(last -> last.contains("UnavailableException"))
                        .isPresent();
    }

    /** Waits for a line of its present life. */
    String awaitLog(Predicate<String> wanted) {
        return process.awaitLine(wanted, LONG)
                .orElseThrow(
                        () -> new AssertionError("No such line of " + name + ", see " + folder.resolve(name + ".log")));
    }

    /** How many lines of its log, over all its lives, contain this. */
    long logged(String text) {
        return read(folder.resolve(name + ".log")).stream()
                .filter(line -> line.contains(text))
                .count();
    }

    /** Prints its last warnings and errors. */
    void tellTroubles() {
        Path log = folder.resolve(name + ".log");
        List<String> troubles = read(log).stream()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR ") || line.startsWith("Caused by"))
                .toList();
        System.out.printf("%s, alive %s, of %s:%n", name, isAlive(), log);
        troubles.subList(Math.max(0, troubles.size() - 30), troubles.size()).forEach(System.out::println);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.kill();
    }

    void freeze() {
        process.freeze();
    }

    void thaw() {
        process.thaw();
    }

    /** Tells its {@link StoppingStore} to stop it. */
    void stopItself(String order) {
        try {
            Files.createFile(Path.of(orders() + order));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path orders() {
        return folder.resolve(name);
    }

    void terminate() {
        process.terminate();
    }

    void awaitExit() {
        assertThat(process.awaitExit(LONG)).as("%s ends", name).isTrue();
    }

    /** Begins another life of the same node. */
    void startAgain() {
        process = launch();
    }

    /** What it wrote over all its lives. */
    List<Line> lines() {
        return read(folder.resolve(name + ".jsonl")).stream().map(Line::parse).toList();
    }

    private static List<String> read(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
