package io.muster.queue.memory;

import io.muster.queue.store.OverlapKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the next ready job that a node may have without looking at those it may not: jobs stand in one lane per queue,
 * type and suspicion, and those whose overlap key is held stand aside until it is free.
 */
final class ReadyIndex {
    private final Map<String, Map<Lane, TreeSet<MemoryJob>>> queues = new HashMap<>();
    private final Map<String, Set<MemoryJob>> aside = new HashMap<>();

    void add(MemoryJob job) {
        queues.computeIfAbsent(job.spec.queue(), queue -> new HashMap<>())
                .computeIfAbsent(Lane.of(job), lane -> new TreeSet<>(MemoryJob.BY_PRIORITY_THEN_PLACE))
                .add(job);
    }

    /** To be called before anything changes by which the job is found: priority, place, crashes. */
    void remove(MemoryJob job) {
        if (!removeFromLane(job)) {
            job.spec.overlap().map(OverlapKey::key).ifPresent(key -> removeFromAside(key, job));
        }
    }

    /** The first job of the queue whose lane is wanted. */
    @Nullable
    MemoryJob first(String queue, Predicate<Lane> wanted) {
        MemoryJob first = null;
        for (Map.Entry<Lane, TreeSet<MemoryJob>> lane :
                queues.getOrDefault(queue, Map.of()).entrySet()) {
            if (wanted.test(lane.getKey())) {
                MemoryJob candidate = lane.getValue().first();
                if (first == null || MemoryJob.BY_PRIORITY_THEN_PLACE.compare(candidate, first) < 0) {
                    first = candidate;
                }
            }
        }
        return first;
    }

    /** The job waits for its overlap key. */
    void standAside(MemoryJob job, String key) {
        removeFromLane(job);
        aside.computeIfAbsent(key, waiting -> new HashSet<>()).add(job);
    }

    /** The overlap key is free: those that waited for it are back in their places. Whether there were any. */
    boolean keyFreed(String key) {
        Set<MemoryJob> waiting = aside.remove(key);
        if (waiting == null) {
            return false;
        }
        waiting.forEach(this::add);
        return true;
    }

    private boolean removeFromLane(MemoryJob job) {
        Map<Lane, TreeSet<MemoryJob>> lanes = queues.getOrDefault(job.spec.queue(), Map.of());
        TreeSet<MemoryJob> lane = lanes.get(Lane.of(job));
        if (lane == null || !lane.remove(job)) {
            return false;
        }
        if (lane.isEmpty()) {
            lanes.remove(Lane.of(job));
        }
        return true;
    }

    private void removeFromAside(String key, MemoryJob job) {
        Set<MemoryJob> waiting = aside.get(key);
        if (waiting != null && waiting.remove(job) && waiting.isEmpty()) {
            aside.remove(key);
        }
    }

    /** Jobs that are alike in everything that decides whether a node may have them now, but for their overlap keys. */
    record Lane(String type, boolean suspect) {
        static Lane of(MemoryJob job) {
            return new Lane(job.spec.type(), job.counters.isSuspect());
        }
    }
}
