package io.muster.queue.memory;

import io.muster.queue.store.JobState;
import io.muster.queue.store.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Settled jobs in the order of their ends, so that the oldest are forgotten first: in time, and beyond a bound at once. */
final class SettledMemory {
    static final int MOST_COMPLETED = 100_000;
    static final int MOST_FAILED = 10_000;

    private final Deque<MemoryJob> completed = new ArrayDeque<>();
    private final Set<MemoryJob> failed = new LinkedHashSet<>();

    /** Remembers a settled job; answers those for which there is no room any more. */
    List<MemoryJob> add(MemoryJob job) {
        boolean hasFailed = job.state == JobState.FAILED;
        Collection<MemoryJob> kept = hasFailed ? failed : completed;
        kept.add(job);
        if (kept.size() <= (hasFailed ? MOST_FAILED : MOST_COMPLETED)) {
            return List.of();
        }
        Iterator<MemoryJob> oldest = kept.iterator();
        MemoryJob forgotten = oldest.next();
        oldest.remove();
        return List.of(forgotten);
    }

    /** A failed job is not one any more. */
    void remove(MemoryJob job) {
        failed.remove(job);
    }

    /** Removes and answers those whose time is over, at most {@code limit}. */
    List<MemoryJob> expire(Instant now, Retention retention, int limit) {
        List<MemoryJob> forgotten = new ArrayList<>();
        expire(completed, now, retention.completed(), limit, forgotten);
        expire(failed, now, retention.failed(), limit, forgotten);
        return forgotten;
    }

    private static void expire(
            Collection<MemoryJob> kept, Instant now, Duration retention, int limit, List<MemoryJob> forgotten) {
        Iterator<MemoryJob> oldest = kept.iterator();
        while (forgotten.size() < limit && oldest.hasNext()) {
            MemoryJob job = oldest.next();
            if (Moments.after(job.settledAt, retention).isAfter(now)) {
                return;
            }
            oldest.remove();
            forgotten.add(job);
        }
    }
}
