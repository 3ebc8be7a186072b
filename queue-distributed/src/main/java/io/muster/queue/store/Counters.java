package io.muster.queue.store;

/**
 * What happened to a job so far.
 *
 * @param starts handler starts that count as attempts; in an {@link Attempt} this one included
 * @param releases asked back by the handler
 * @param exceptions ended by a thrown exception
 * @param timeouts ended by the timeout
 * @param crashes lost with their node
 * @param suspectCrashes of these, while it ran as a suspect
 */
public record Counters(int starts, int releases, int exceptions, int timeouts, int crashes, int suspectCrashes) {
    public static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0);

    /** Whether the job runs as the only suspect on its node: it crashed before. */
    public boolean isSuspect() {
        return crashes > 0;
    }

    public Counters started() {
        return new Counters(starts + 1, releases, exceptions, timeouts, crashes, suspectCrashes);
    }

    /** The start is taken back: the handler was not called, or its node was lost and that is no try. */
    public Counters notStarted() {
        return new Counters(starts - 1, releases, exceptions, timeouts, crashes, suspectCrashes);
    }

    public Counters crashed() {
        return new Counters(
                starts - 1,
                releases,
                exceptions,
                timeouts,
                crashes + 1,
                isSuspect() ? suspectCrashes + 1 : suspectCrashes);
    }

    /** The process lived after all: the crash is taken back. */
    public Counters survived() {
        return new Counters(
                starts,
                releases,
                exceptions,
                timeouts,
                Math.max(0, crashes - 1),
                crashes > 1 ? suspectCrashes - 1 : suspectCrashes);
    }

    /** Failed for good by {@code why}; what the handler asked for is counted nowhere. */
    public Counters failed(Settlement.Why why) {
        return why == Settlement.Why.ASKED ? this : released(why);
    }

    public Counters released(Settlement.Why why) {
        return switch (why) {
            case ASKED -> new Counters(starts, releases + 1, exceptions, timeouts, crashes, suspectCrashes);
            case EXCEPTION -> new Counters(starts, releases, exceptions + 1, timeouts, crashes, suspectCrashes);
            case TIMEOUT -> new Counters(starts, releases, exceptions, timeouts + 1, crashes, suspectCrashes);
            case HELD -> notStarted();
        };
    }
}
