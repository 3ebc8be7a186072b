package io.muster.queue.memory;

import io.muster.queue.store.JobState;
import io.muster.queue.store.QueueCounts;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which jobs of a queue are in which state, in the order of their pushes; and which queues are paused. */
final class QueueBooks {
    private final NavigableMap<String, Book> books = new TreeMap<>();
    private final Map<String, String> paused = new HashMap<>();

    void enter(MemoryJob job) {
        books.computeIfAbsent(job.spec.queue(), queue -> new Book())
                .in(job.state)
                .put(job.sequence, job);
    }

    void move(MemoryJob job, JobState to) {
        remove(job);
        job.state = to;
        enter(job);
        if (to == JobState.COMPLETED || to == JobState.DISCARDED) {
            book(job.spec.queue()).completed++;
        }
    }

    void remove(MemoryJob job) {
        book(job.spec.queue()).in(job.state).remove(job.sequence);
    }

    NavigableMap<Long, MemoryJob> jobs(String queue, JobState state) {
        return book(queue).in(state);
    }

    int ready(String queue) {
        return book(queue).size(JobState.READY);
    }

    Set<String> queues() {
        return books.keySet();
    }

    boolean pause(String queue, String by) {
        return paused.putIfAbsent(queue, by) == null;
    }

    /** Who paused it; empty if it is not paused. */
    Optional<String> pausedBy(String queue) {
        return Optional.ofNullable(paused.get(queue));
    }

    boolean resume(String queue) {
        return paused.remove(queue) != null;
    }

    boolean isPaused(String queue) {
        return paused.containsKey(queue);
    }

    List<QueueCounts> counts() {
        Set<String> queues = new TreeSet<>(books.keySet());
        queues.addAll(paused.keySet());
        return queues.stream()
                .map(queue -> book(queue).counts(queue, isPaused(queue)))
                .toList();
    }

    /** A queue that never held a job gets no book by being asked about. */
    private Book book(String queue) {
        Book known = books.get(queue);
        return known == null ? new Book() : known;
    }

    private static final class Book {
        private final Map<JobState, NavigableMap<Long, MemoryJob>> states = new EnumMap<>(JobState.class);
        private long completed;

        NavigableMap<Long, MemoryJob> in(JobState state) {
            return states.computeIfAbsent(state, empty -> new TreeMap<>());
        }

        int size(JobState state) {
            return in(state).size();
        }

        QueueCounts counts(String queue, boolean paused) {
            return new QueueCounts(
                    queue,
                    size(JobState.DELAYED),
                    size(JobState.READY),
                    size(JobState.ASSIGNED),
                    size(JobState.RUNNING),
                    completed,
                    size(JobState.FAILED),
                    paused);
        }
    }
}
