package io.muster.chaos.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that the processes of a run wrote, in the order of the monotonic clock.
 *
 * @param torn lines that were cut off by the death of their writer
 */
public record History(List<Event> events, int torn) {
    public History {
        events = events.stream().sorted(Comparator.comparingLong(Event::nanos)).toList();
    }

    /** Reads the files of all processes in this folder. */
    public static History read(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Event> events = new ArrayList<>();
            int torn = 0;
            for (Path file : files.filter(file -> file.toString().endsWith(Scribe.SUFFIX))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                    try {
                        events.add(Event.parse(line));
                    } catch (IllegalArgumentException cutOff) {
                        torn++;
                    }
                }
            }
            return new History(events, torn);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the history in " + folder, e);
        }
    }

    /** Those of one kind. */
    public List<Event> of(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).toList();
    }
}
