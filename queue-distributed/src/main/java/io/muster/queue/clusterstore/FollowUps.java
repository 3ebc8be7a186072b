package io.muster.queue.clusterstore;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Pushes what follows within the transaction that it follows from: each job at most once, as its id must be unknown. Used by one thread, for one
 * transaction.
 */
final class FollowUps {
    private final Coordinator coordinator;
    private final Instant now;
    private final Set<Key> known;
    private final List<Compare> compares = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final Set<String> queues = new TreeSet<>();

    /** @param known ids and entries that turned out to be there already: what has one of them is not pushed */
    FollowUps(Coordinator coordinator, Instant now, Set<Key> known) {
        this.coordinator = coordinator;
        this.now = now;
        this.known = known;
    }

    /** Those keys of a conflict that are there, so that the next try leaves them out. */
    static void learn(Coordinator coordinator, Set<Key> conflict, Set<Key> known) {
        for (Key key : conflict) {
            if (coordinator.read(key).isPresent()) {
                known.add(key);
            }
        }
    }

    /** Answers whether it is a new job of this store, once the transaction holds. */
    @CanIgnoreReturnValue
    boolean push(OutboxEntry entry) {
        if (entry.connection().isPresent()) {
            leaveToLeader(entry);
            return false;
        }
        return push(entry.job(), Places.at(now));
    }

    /** As {@link #push(OutboxEntry)}, at a place that was taken before. */
    void push(OutboxEntry entry, String place) {
        if (entry.connection().isPresent()) {
            leaveToLeader(entry);
        } else {
            push(entry.job(), place);
        }
    }

    /** For another connection, or because more has to be looked at than fits here. */
    void leaveToLeader(OutboxEntry entry) {
        Key key = StoreKeys.outbox(entry.id());
        if (!known.contains(key)) {
            compares.add(Compare.absent(key));
            writes.add(Write.put(key, Documents.write(entry, Places.at(now))));
        }
    }

    @CanIgnoreReturnValue
    private boolean push(NewJob job, String place) {
        Key id = StoreKeys.id(job.id());
        if (known.contains(id) || !holdsKey(job)) {
            return false;
        }
        boolean delayed = job.dueAt().map(due -> due.isAfter(now)).orElse(false);
        JobDocument document = JobDocument.pushed(job, place, delayed ? JobState.DELAYED : JobState.READY);
        Key lies = delayed ? StoreKeys.delayed(document, job.dueAt().orElse(now)) : StoreKeys.ready(document);
        compares.add(Compare.absent(id));
        writes.add(Write.put(id, IdRecord.live(document)));
        writes.add(Write.put(lies, Documents.write(document)));
        queues.add(job.queue());
        return true;
    }

    /** Whether its unique key is free; then it takes it. */
    private boolean holdsKey(NewJob job) {
        if (job.unique().isEmpty()) {
            return true;
        }
        UniqueKey unique = job.unique().get();
        Key key = StoreKeys.unique(unique.key());
        Optional<Entry> hold = coordinator.read(key);
        if (hold.map(KeyRecord::of).filter(record -> !record.isOver(now)).isPresent()) {
            return false;
        }
        compares.add(hold.map(Compare::unchanged).orElseGet(() -> Compare.absent(key)));
        writes.add(
                Write.put(key, KeyRecord.unique(job.id(), unique.heldFor(), now).bytes()));
        return true;
    }

    List<Compare> compares() {
        return compares;
    }

    List<Write> writes() {
        return writes;
    }

    /** In which jobs became ready or delayed. */
    Set<String> queues() {
        return queues;
    }

    /** Adds all of it to a transaction, with the marks that tell of it. */
    void addTo(Transaction.Builder transaction) {
        compares.forEach(transaction::require);
        writes.forEach(transaction::write);
        Burials.marks(queues).forEach(transaction::write);
        if (writesOutbox()) {
            transaction.write(Write.put(StoreKeys.OUTBOX_MARK, new byte[0]));
        }
    }

    private boolean writesOutbox() {
        return writes.stream().anyMatch(write -> write.key().directory().equals(StoreKeys.OUTBOX));
    }
}
