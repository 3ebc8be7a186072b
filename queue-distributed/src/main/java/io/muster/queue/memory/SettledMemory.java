package io.muster.queue.memory;

import io.muster.queue.store.JobState;
import io.muster.queue.store.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Settled jobs in the order of their ends, so that the oldest are forgotten first: in time, and beyond a bound at once. */
final class SettledMemory {
    static final int MOST_COMPLETED = 100_000;
    static final int MOST_FAILED = 10_000;

    private final Deque<MemoryJob> completed = new ArrayDeque<>();
    private final Deque<MemoryJob> failed = new ArrayDeque<>();

    /** Remembers a settled job; answers those for which there is no room any more. */
    List<MemoryJob> add(MemoryJob job) {
        Deque<MemoryJob> kept = job.state == JobState.FAILED ? failed : completed;
        kept.add(job);
        int most = job.state == JobState.FAILED ? MOST_FAILED : MOST_COMPLETED;
        return kept.size() > most ? List.of(kept.removeFirst()) : List.of();
    }

    /** Removes and answers those whose time is over, at most {@code limit}. */
    List<MemoryJob> expire(Instant now, Retention retention, int limit) {
        List<MemoryJob> forgotten = new ArrayList<>();
        expire(completed, now, retention.completed(), limit, forgotten);
        expire(failed, now, retention.failed(), limit, forgotten);
        return forgotten;
    }

    private static void expire(
            Deque<MemoryJob> kept, Instant now, Duration retention, int limit, List<MemoryJob> forgotten) {
        while (!kept.isEmpty()
                && forgotten.size() < limit
                && !Moments.after(kept.getFirst().settledAt, retention).isAfter(now)) {
            forgotten.add(kept.removeFirst());
        }
    }
}
