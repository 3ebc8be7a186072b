package io.muster.formal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tlc2.TLC;

/** Runs TLC in a process of its own: it keeps its state in static fields. */
final class ModelChecker {
    static final Path MODEL = Path.of("src/tla/Muster.tla");
    private static final Pattern INVARIANT = Pattern.compile("(?m)^Error: Invariant (\\w+) is violated");
    private static final Pattern DISTINCT = Pattern.compile("(?m)^\\d+ states generated, (\\d+) distinct states found");
    private static final Pattern STATE = Pattern.compile("(?m)^State (\\d+): ");

    private final Path folder;
    private final int workers;

    /** {@code folder} is empty; with one worker a counterexample is among the shortest. */
    ModelChecker(Path folder, int workers) {
        this.folder = folder;
        this.workers = workers;
    }

    /**
     * @param falls the property that does not hold, if there is one
     * @param counterExample how many states lead there
     * @param states distinct states that were looked at
     */
    record Outcome(Optional<String> falls, int counterExample, long states, String output) {}

    /** Whether the safety properties hold. */
    Outcome safety(Bounds bounds, List<String> invariants) {
        // Processes are alike: what holds for one order of them holds for all.
        String symmetry = bounds.nodes() > 1 ? "SYMMETRY NodesAlike\n" : "";
        return run(bounds, "SPECIFICATION Spec\n" + symmetry + lines("INVARIANT", invariants));
    }

    /** Whether, once faults stop, every job is settled some time. */
    Outcome progress(Bounds bounds) {
        return run(bounds, "SPECIFICATION FairSpec\nPROPERTY " + Guard.PROGRESS + "\n");
    }

    private Outcome run(Bounds bounds, String properties) {
        try {
            Files.copy(MODEL, folder.resolve("Muster.tla"));
            Files.writeString(folder.resolve("Bounded.tla"), bounds.module());
            Files.writeString(
                    folder.resolve("Bounded.cfg"), bounds.constants() + properties + "CHECK_DEADLOCK FALSE\n");
            // Two that run beside each other would remove each other's copies of the standard modules.
            Path modules = Files.createDirectory(folder.resolve("modules"));
            return outcome(output(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-XX:+UseParallelGC",
                    "-Djava.io.tmpdir=" + modules,
                    "-cp",
                    Path.of(TLC.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .getPath())
                            .toString(),
                    TLC.class.getName(),
                    "-workers",
                    String.valueOf(workers),
                    "-metadir",
                    folder.resolve("states").toString(),
                    "Bounded")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String output(List<String> command) throws IOException {
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(30, TimeUnit.MINUTES)) {
                throw new IllegalStateException("TLC did not end:\n" + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while TLC ran", e);
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }

    private static Outcome outcome(String output) {
        Matcher states = DISTINCT.matcher(output);
        long distinct = states.find() ? Long.parseLong(states.group(1)) : 0;
        int length = STATE.matcher(output)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .max()
                .orElse(0);
        Matcher invariant = INVARIANT.matcher(output);
        if (invariant.find()) {
            return new Outcome(Optional.of(invariant.group(1)), length, distinct, output);
        }
        if (output.contains("Temporal properties were violated")) {
            return new Outcome(Optional.of(Guard.PROGRESS), length, distinct, output);
        }
        if (output.contains("Model checking completed. No error has been found.")) {
            return new Outcome(Optional.empty(), 0, distinct, output);
        }
        throw new IllegalStateException("TLC could not check the model:\n" + output);
    }

    private static String lines(String word, List<String> names) {
        return names.stream().map(name -> word + " " + name + "\n").collect(Collectors.joining());
    }
}
