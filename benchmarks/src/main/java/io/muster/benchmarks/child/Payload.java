package io.muster.benchmarks.child;

/**
 * What every job of every system carries, about a hundred bytes in its JSON form.
 *
 * @param t the monotonic clock, in nanoseconds, at the moment the job was due to be pushed; 0: nobody measures
 * @param hold name of the worker that runs this job for a minute; empty: nobody does
 */
public record Payload(long t, String hold, String text) {
    private static final String TEXT = "a small letter to nobody that is as long as most job payloads are";

    public static Payload plain() {
        return new Payload(0, "", TEXT);
    }

    public static Payload timed(long nanos) {
        return new Payload(nanos, "", TEXT);
    }

    public static Payload holding(String worker) {
        return new Payload(0, worker, TEXT);
    }
}
