package io.muster.cluster.time;

import java.time.Duration;

/**
 * The monotonic moment by which a call ends. Made once by the caller, before anything is sent, and passed down, so that
 * nested calls share one budget. Immutable and thread-safe.
 */
public final class Deadline {
    private final Ticker ticker;
    private final long atNanos;

    private Deadline(Ticker ticker, long atNanos) {
        this.ticker = ticker;
        this.atNanos = atNanos;
    }

    /** A deadline {@code timeout} from now; a negative timeout is already expired. */
    public static Deadline after(Duration timeout, Ticker ticker) {
        return new Deadline(ticker, ticker.nanos() + timeout.toNanos());
    }

    public boolean expired() {
        return remainingNanos() <= 0;
    }

    /** Time left, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, remainingNanos()));
    }

    /** Time left, but not more than {@code limit}: the timeout of one step among several. */
    public Duration remainingAtMost(Duration limit) {
        Duration left = remaining();
        return left.compareTo(limit) < 0 ? left : limit;
    }

    /** The earlier of this deadline and {@code timeout} from now. */
    public Deadline orAfter(Duration timeout) {
        return Deadline.after(remainingAtMost(timeout), ticker);
    }

    private long remainingNanos() {
        return atNanos - ticker.nanos();
    }

    @Override
    public String toString() {
        return "in " + remaining();
    }
}
