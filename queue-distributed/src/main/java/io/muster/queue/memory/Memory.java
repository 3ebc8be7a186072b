package io.muster.queue.memory;

import io.muster.cluster.time.Timeline;
import io.muster.queue.store.StoredSchedule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** What the handles of one store share: the jobs, and the one lock under which everything is read and written. */
final class Memory {
    final MemoryOptions options;
    final Hints hints = new Hints();

    private final ReentrantLock lock = new ReentrantLock();
    private final Wakes wakes = new Wakes();
    private final InstantSource clock;
    private final Content content;

    Memory(MemoryOptions options, Timeline timeline) {
        this.options = options;
        this.clock = timeline.clock();
        JobTable jobs =
                new JobTable(wakes, new SplittableRandom(timeline.random().nextLong()));
        FollowUps followUps = new FollowUps(jobs);
        this.content =
                new Content(jobs, new Fences(), followUps, new BatchBook(followUps), new TreeMap<>(), new Limits());
    }

    /** Runs an operation alone, at one moment, and wakes afterwards those whom it concerns. */
    <T> T alone(Operation<T> operation) {
        T result;
        Wakes.Collected collected;
        lock.lock();
        try {
            result = operation.on(content, clock.instant());
        } finally {
            collected = wakes.drain();
            lock.unlock();
        }
        hints.wake(collected);
        return result;
    }

    /** What the lock guards. */
    record Content(
            JobTable jobs,
            Fences fences,
            FollowUps followUps,
            BatchBook batches,
            Map<String, StoredSchedule> schedules,
            Limits limits) {}

    /** Reads and writes the content; throws before it has changed anything, or not at all. */
    @FunctionalInterface
    interface Operation<T> {
        T on(Content content, Instant now);
    }
}
