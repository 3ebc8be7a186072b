package io.muster.queue.jdbc;

import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How far the lanes have been assigned, so that the index of ready jobs is not read from its head each time, where entries of assigned
 * jobs stay until the database has cleaned up: for as long as any transaction, be it a foreign one, is open.
 *
 * <p>What stands before a cursor is found all the same. A transaction that brings jobs back raises a number in the database, and a number
 * unlike the last one voids the cursors. A push that took its place early and was committed late is found when the lanes are empty behind
 * their cursors, for then they are read from their heads, or, if that has become dear, from a place of a second ago, but never from behind
 * their cursor: what waits there, as in a queue that was paused, has not been read. From the head they are
 * read every two seconds in any case, or as often as takes a twentieth of the time. Thread-safe.
 */
final class Cursors {
    private static final long HEAD = Long.MIN_VALUE;
    private static final long DEAR_NANOS = Duration.ofMillis(2).toNanos();
    private static final long PACE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long SETTLED_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int PART = 20;

    private final Ticker ticker;
    private final Map<Long, Long> cursors = new HashMap<>();
    private final Map<String, Left> left = new HashMap<>();
    private long returns = Long.MIN_VALUE;
    private long epoch;
    private boolean empty = true;
    private long headAtNanos;
    private long headTookNanos;
    private long settled = HEAD;
    private long settling = HEAD;
    private long settlingNanos;

    Cursors(Ticker ticker) {
        this.ticker = ticker;
        this.headAtNanos = ticker.nanos();
        this.settlingNanos = ticker.nanos();
    }

    /**
     * What is known when an assignment begins.
     *
     * @param from places behind which to read, by where jobs stand; the head of those that are absent
     * @param lower behind which to read if nothing is there
     */
    record View(long epoch, long beganNanos, Map<Long, Long> from, Map<Long, Long> lower, Map<String, Left> left) {
        boolean isFromHead() {
            return from.isEmpty();
        }

        boolean hasLower() {
            return !from.equals(lower);
        }

        View lowered(long nowNanos) {
            return new View(epoch, nowNanos, lower, lower, left);
        }

        long after(long ready) {
            return from.getOrDefault(ready, HEAD);
        }
    }

    /**
     * How many ready jobs of a queue were left.
     *
     * @param more whether there were more than were counted
     */
    record Left(int jobs, boolean more, long countedNanos) {
        Left and(Left other) {
            return new Left(jobs + other.jobs, more || other.more, countedNanos);
        }

        Left less(int assigned) {
            return new Left(jobs - assigned, more, countedNanos);
        }
    }

    synchronized View look() {
        long now = ticker.nanos();
        boolean head = now - headAtNanos >= 0;
        Map<Long, Long> lower = new HashMap<>();
        if (!head && headTookNanos >= DEAR_NANOS) {
            cursors.forEach((ready, place) -> lower.put(ready, Math.min(place, settled)));
        }
        Map<Long, Long> from = head || empty ? lower : cursors;
        return new View(epoch, now, Map.copyOf(from), Map.copyOf(lower), Map.copyOf(left));
    }

    long nanos() {
        return ticker.nanos();
    }

    long nanosSince(long beganNanos) {
        return ticker.nanos() - beganNanos;
    }

    /** Whether nothing has come back since; else all views are void. */
    synchronized boolean hold(long returnsNow) {
        boolean same = returns == returnsNow;
        if (!same) {
            returns = returnsNow;
            forget();
        }
        return same;
    }

    /**
     * An assignment was committed.
     *
     * @param reached places up to which lanes are assigned now
     * @param emptied lanes in which nothing was left, or nothing found
     * @param lookNanos what it took to look for jobs
     * @param place above all places of jobs pushed before the assignment
     * @param allEmpty whether there was less than was wanted
     */
    synchronized void committed(
            View view,
            Map<Long, Long> reached,
            Set<Long> emptied,
            Map<String, Left> counted,
            long lookNanos,
            long place,
            boolean allEmpty) {
        long now = ticker.nanos();
        if (view.epoch() != epoch) {
            return;
        }
        reached.forEach((ready, last) -> cursors.merge(
                ready,
                last,
                (known, reachedNow) -> emptied.contains(ready) ? Math.max(known, reachedNow) : reachedNow));
        emptied.forEach(ready -> cursors.merge(ready, settled, Math::max));
        left.clear();
        left.putAll(counted);
        empty = allEmpty;
        if (view.isFromHead()) {
            headTookNanos = lookNanos;
            headAtNanos = now + Math.max(PACE_NANOS, PART * headTookNanos);
        }
        if (now - settlingNanos >= SETTLED_NANOS) {
            settled = settling;
            settling = place;
            settlingNanos = now;
        }
    }

    /** Nothing is known any more. */
    synchronized void forget() {
        cursors.clear();
        left.clear();
        epoch++;
        empty = true;
        headAtNanos = ticker.nanos();
    }
}
