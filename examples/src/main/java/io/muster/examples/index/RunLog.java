package io.muster.examples.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A node's notes in a file of its own, one JSON object per line, each written in one piece: a process that is killed leaves
 * whole lines and at most one torn one at the end. Thread-safe.
 */
public final class RunLog implements RunListener, AutoCloseable {
    private static final String ENDING = ".jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OutputStream out;

    private RunLog(OutputStream out) {
        this.out = out;
    }

    /** Appends to the node's file in {@code directory}, which is created if absent. */
    public static RunLog open(Path directory, String node) {
        try {
            Files.createDirectories(directory);
            // Not a channel: an interrupted handler would close a channel under the others.
            return new RunLog(
                    new FileOutputStream(directory.resolve(node + ENDING).toFile(), true));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write results into " + directory, e);
        }
    }

    @Override
    public void ran(IndexRun run) throws IOException {
        byte[] line = (JSON.writeValueAsString(run) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            out.write(line);
        }
    }

    /** Every whole note of every node in {@code directory}, in the order in which each node wrote them. */
    public static List<IndexRun> readAll(Path directory) {
        List<IndexRun> runs = new ArrayList<>();
        for (Path file : files(directory)) {
            try {
                read(Files.readString(file), runs);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read results from " + file, e);
            }
        }
        return runs;
    }

    /** The nodes' files in {@code directory}. */
    public static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list results in " + directory, e);
        }
    }

    private static void read(String text, List<IndexRun> runs) throws JsonProcessingException {
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            runs.add(JSON.readValue(text.substring(from, end), IndexRun.class));
            from = end + 1;
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close the results", e);
        }
    }
}
