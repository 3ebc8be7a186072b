package io.muster.chaos.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that the processes of a run wrote, in the order of the monotonic clock. */
public final class History {
    private final List<Event> events;
    private final Map<Kind, List<Event>> kinds;
    private final int torn;

    /** @param torn lines that were cut off by the death of their writer */
    public History(List<Event> events, int torn) {
        this.events =
                events.stream().sorted(Comparator.comparingLong(Event::nanos)).toList();
        this.kinds = this.events.stream()
                .collect(Collectors.groupingBy(
                        Event::kind, () -> new EnumMap<>(Kind.class), Collectors.toUnmodifiableList()));
        this.torn = torn;
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

    public List<Event> events() {
        return events;
    }

    /** How many lines were cut off by the death of their writer. */
    public int torn() {
        return torn;
    }

    /** Those of one kind. Hours of history have a hundred thousand events and more; this one looks at none of them. */
    public List<Event> of(Kind kind) {
        return kinds.getOrDefault(kind, List.of());
    }
}
