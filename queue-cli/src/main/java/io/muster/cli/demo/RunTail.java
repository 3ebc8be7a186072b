package io.muster.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.examples.index.IndexRun;
import io.muster.examples.index.RunLog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Follows what nodes write, so that progress is seen without asking the coordinator. Used by one thread. */
final class RunTail {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Map<Path, Long> offsets = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private final Map<String, Set<String>> begun = new HashMap<>();

    RunTail(Path directory) {
        this.directory = directory;
    }

    /** Jobs that have a result by now. */
    int done() {
        for (Path file : RunLog.files(directory)) {
            try {
                follow(file);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read results from " + file, e);
            }
        }
        return done.size();
    }

    /** Jobs that a handler of this node has begun and not ended, as of the last {@link #done}. */
    Set<String> begunOn(String node) {
        return Set.copyOf(begun.getOrDefault(node, Set.of()));
    }

    private void follow(Path file) throws IOException {
        long from = offsets.getOrDefault(file, 0L);
        try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
            byte[] fresh = new byte[(int) Math.min(reader.length() - from, 1 << 20)];
            reader.seek(from);
            reader.readFully(fresh);
            int begin = 0;
            for (int i = 0; i < fresh.length; i++) {
                if (fresh[i] == '\n') {
                    line(new String(fresh, begin, i - begin, StandardCharsets.UTF_8));
                    begin = i + 1;
                }
            }
            offsets.put(file, from + begin);
        }
    }

    private void line(String text) throws IOException {
        IndexRun run = JSON.readValue(text, IndexRun.class);
        Set<String> open = begun.computeIfAbsent(run.node(), node -> new HashSet<>());
        if (run.index() == null) {
            open.add(run.job());
        } else {
            open.remove(run.job());
            done.add(run.job());
        }
    }
}
