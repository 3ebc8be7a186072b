package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What there is to know before looking closer, read in one list: which queues exist and when they changed, which are paused,
 * the fences, and whether the outbox and the batches changed.
 */
final class Board {
    private final Map<Key, Entry> entries = new HashMap<>();
    private final Set<String> queues = new TreeSet<>();
    private final Set<String> paused = new TreeSet<>();

    private Board(Collection<Entry> children) {
        for (Entry entry : children) {
            entries.put(entry.key(), entry);
            StoreKeys.queueOfMark(entry.key()).ifPresent(queues::add);
            StoreKeys.queueOfPause(entry.key()).ifPresent(paused::add);
        }
    }

    static Board read(Coordinator coordinator) {
        return new Board(coordinator.all(StoreKeys.BOARD));
    }

    /** This board with these marks of queues instead of its own. */
    Board with(Map<Key, Entry> marks) {
        Map<Key, Entry> both = new HashMap<>(entries);
        both.putAll(marks);
        return new Board(both.values());
    }

    Set<String> queues() {
        return queues;
    }

    /** Also such as never held a job. */
    Set<String> paused() {
        return paused;
    }

    boolean isPaused(String queue) {
        return paused.contains(queue);
    }

    Optional<Entry> entry(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** The fence record of each group. */
    List<Entry> fences() {
        return entries.values().stream()
                .filter(entry -> StoreKeys.isFence(entry.key()))
                .toList();
    }

    /** Changes whenever jobs of the queue became ready or delayed. */
    Optional<Version> mark(String queue) {
        return entry(StoreKeys.queueMark(queue)).map(Entry::version);
    }

    Optional<Version> batchMark() {
        return entry(StoreKeys.BATCH_MARK).map(Entry::version);
    }

    Optional<Version> behindMark() {
        return entry(StoreKeys.BEHIND_MARK).map(Entry::version);
    }

    Optional<Version> outboxMark() {
        return entry(StoreKeys.OUTBOX_MARK).map(Entry::version);
    }
}
