package io.muster.queue.jdbc;

import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.Set;

/**
 * Which queues were paused when an assignment of this process last looked: pushes to them need no other look. Whatever else is heard, as that a
 * queue goes on, voids what is known; so does time, since it may not have been heard. Thread-safe.
 */
final class PausedQueues {
    private static final long KNOWN_FOR_NANOS = Duration.ofSeconds(3).toNanos();

    private final Ticker ticker;
    private long changes;
    private Set<String> paused = Set.of();
    private long seenNanos;

    PausedQueues(Ticker ticker) {
        this.ticker = ticker;
    }

    /** An assignment is about to look. */
    synchronized Look look() {
        return new Look(changes, ticker.nanos());
    }

    /** What was heard before a look. */
    record Look(long changes, long nanos) {}

    /** A look found these; of what was heard since then it knows nothing. */
    synchronized void saw(Look look, Set<String> found) {
        paused = look.changes() == changes ? Set.copyOf(found) : Set.of();
        seenNanos = look.nanos();
    }

    /** Any queue may be as it was not. */
    synchronized void changed() {
        changes++;
        paused = Set.of();
    }

    synchronized boolean contains(String queue) {
        return paused.contains(queue) && ticker.nanos() - seenNanos < KNOWN_FOR_NANOS;
    }
}
