package io.muster.queue.jdbc;

import io.muster.cluster.time.Ticker;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which lanes an assignment looks at. Few are looked at each time; of many, those that had jobs when they were last looked at, and all of them
 * where somebody said that jobs are ready, where pools have room left after that, and as often as takes a twentieth of the time. So
 * a thousand queues that are empty cost next to nothing, and the most that a queue of theirs can be served late, if no hint of
 * its jobs comes, is twenty times what a look at all of them takes. Thread-safe.
 */
final class IdleLanes {
    private static final int FEW = 128;
    private static final int PART = 20;

    private final Ticker ticker;
    private Set<Long> active = Set.of();
    private Set<Long> known = Set.of();
    private long hintsHeard = -1;
    private long dueNanos;

    IdleLanes(Ticker ticker) {
        this.ticker = ticker;
        this.dueNanos = ticker.nanos();
    }

    /**
     * What of these places, where ready jobs of lanes stand, is to be looked at now.
     *
     * @param hints so many hints were heard before
     */
    synchronized Collection<Long> choose(List<Long> places, long hints) {
        boolean all = places.size() <= FEW
                || hints != hintsHeard
                || ticker.nanos() - dueNanos >= 0
                || !known.containsAll(places);
        return all ? places : places.stream().filter(active::contains).toList();
    }

    /**
     * An assignment that was committed has looked at these places, which says nothing of others.
     *
     * @param found those of the places with jobs
     * @param hints so many hints had been heard before it looked
     */
    synchronized void looked(Set<Long> places, Set<Long> found, boolean all, long hints, long tookNanos) {
        Set<Long> withJobs = new HashSet<>(active);
        withJobs.removeAll(places);
        withJobs.addAll(found);
        active = Set.copyOf(withJobs);
        if (all) {
            known = Set.copyOf(places);
            hintsHeard = hints;
            dueNanos = ticker.nanos() + PART * tookNanos;
        }
    }
}
