package io.muster.queue.store;

import java.time.Duration;
import java.util.List;

/**
 * How an attempt ended, with what has to be pushed because of it, pushed or written in the same operation.
 *
 * @param outbox jobs that follow if this settlement is accepted; see {@link OutboxEntry} for when they are pushed
 */
public record Settlement(AttemptToken token, Outcome outcome, List<OutboxEntry> outbox) {
    public Settlement {
        outbox = List.copyOf(outbox);
    }

    public static Settlement of(AttemptToken token, Outcome outcome) {
        return new Settlement(token, outcome, List.of());
    }

    /** The end of an attempt. */
    public sealed interface Outcome {}

    public record Completed() implements Outcome {}

    /** Back to be run again after {@code delay}. */
    public record Released(Duration delay, Why why) implements Outcome {}

    /** Failed for good; kept with its reason and detail (stack trace). */
    public record Failed(String reason, String detail, Why why) implements Outcome {}

    /** Dropped quietly. */
    public record Discarded(String reason) implements Outcome {}

    /** Taken but never started: ready again, nothing counted, its place in the queue kept. */
    public record Returned() implements Outcome {}

    /** What ended the attempt. */
    public enum Why {
        /** The handler said so. */
        ASKED,
        EXCEPTION,
        TIMEOUT,
        /** Held back before its handler began, by a limit or another middleware: no start, no release is counted. J8 */
        HELD
    }
}
