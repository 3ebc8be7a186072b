package io.muster.integration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What a node says of a job, one JSON object per line.
 *
 * @param attempt which handler start it is, by the context
 * @param crashes how often a node died with the job, by the context
 */
record Line(Kind kind, String job, String node, int attempt, int crashes, long fencingToken) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What happened. */
    enum Kind {
        /** A handler run began. */
        BEGAN,
        /** A handler run came to its end. */
        DONE,
        /** The store accepted that it completed. */
        SETTLED,
        /** The store accepted that it failed for good. */
        FAILED
    }

    String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static Line parse(String text) {
        try {
            return JSON.readValue(text, Line.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Not a line of a node: " + text, e);
        }
    }
}
