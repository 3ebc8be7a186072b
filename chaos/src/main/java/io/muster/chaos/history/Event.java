package io.muster.chaos.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/**
 * Something that happened.
 *
 * @param nanos on the machine's monotonic clock, which all processes of a run share
 * @param millis on the wall clock
 * @param process that says so
 * @param said as {@link Kind} tells
 */
public record Event(long nanos, long millis, String process, Kind kind, Map<String, String> said) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Event {
        said = Map.copyOf(said);
    }

    /** What is said under this name; empty if nothing is. */
    public String text(String name) {
        return said.getOrDefault(name, "");
    }

    /** As {@link #text}, as a number; 0 if nothing is. */
    public long number(String name) {
        String text = text(name);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    /** One line of JSON. */
    public String line() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An event can always be written", e);
        }
    }

    /**
     * The opposite of {@link #line}.
     *
     * @throws IllegalArgumentException it is none
     */
    public static Event parse(String line) {
        try {
            return JSON.readValue(line, Event.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not a line of a history: " + line, e);
        }
    }
}
