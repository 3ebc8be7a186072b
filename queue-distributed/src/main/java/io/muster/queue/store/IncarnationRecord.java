package io.muster.queue.store;

import java.time.Instant;

/**
 * A life of a node as the store knows it.
 *
 * @param held jobs assigned to it or running there
 */
public record IncarnationRecord(String incarnation, String node, Instant admittedAt, Status status, int held) {
    /** Admitted once, buried once, never revived. */
    public enum Status {
        ADMITTED,
        /** It gets nothing more, and may settle what it runs. */
        LEAVING,
        BURIED,
        /** Jobs lie under it, and the store never admitted it or has forgotten it: bury it. */
        UNKNOWN
    }

    public static IncarnationRecord admitted(String incarnation, String node, Instant at) {
        return new IncarnationRecord(incarnation, node, at, Status.ADMITTED, 0);
    }
}
