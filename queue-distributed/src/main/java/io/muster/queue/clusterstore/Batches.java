package io.muster.queue.clusterstore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.BatchRecord.Ends;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.StoredBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches, and how they count. How members ended is written down by the transactions that end them, one entry for all members of one
 * batch in it; soon after that, whoever comes first takes the entries off and counts them, in one transaction that compares the batch:
 * so each is counted once, and the settlements of many nodes wait for no common record. Thread-safe.
 */
final class Batches {
    private static final Logger LOG = LoggerFactory.getLogger(Batches.class);
    private static final int PAGE = 1000;
    private static final int MOST_TRIES = 200;
    private static final int MOST_DROPPED = 20;
    private static final int MOST_CACHED = 64;

    private final ForeignNames foreign = new ForeignNames();
    private final Coordinator coordinator;

    @GuardedBy("this")
    private final Map<String, Map<BatchEvent, OutboxEntry>> callbacks = new LinkedHashMap<>();

    /** How often counting a batch was asked for while this process is at it. */
    @GuardedBy("this")
    private final Map<String, Integer> asked = new HashMap<>();

    /** What is counted beside its caller. */
    private final Set<Count> underWay = ConcurrentHashMap.newKeySet();

    Batches(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** One that its caller does not wait for. */
    private static final class Count {
        final CompletableFuture<Void> done = new CompletableFuture<>();
    }

    /** A batch as read: its record, with the entry to compare. */
    record Found(Entry entry, BatchRecord record) {}

    Optional<Found> read(String batchId) {
        Optional<Entry> entry = coordinator.read(StoreKeys.batch(batchId));
        return entry.isEmpty() ? Optional.empty() : Optional.of(found(entry.get()));
    }

    private static Found found(Entry entry) {
        try {
            return new Found(entry, BatchRecord.read(entry.value()));
        } catch (Documents.UnreadableException e) {
            throw new StoreUnavailableException("Batch at " + entry.key() + " cannot be read: " + e.getMessage());
        }
    }

    /** As others see it, with all that has ended so far. */
    Optional<StoredBatch> find(String batchId) {
        countNow(batchId);
        return read(batchId).map(this::stored);
    }

    private StoredBatch stored(Found found) {
        return BatchRecord.with(callbacks(found.record()), found.record().batch());
    }

    /** Many at once, whose callbacks are read together. */
    List<StoredBatch> stored(List<Found> found) {
        Map<Key, Entry> all = new HashMap<>();
        if (found.stream().anyMatch(one -> !one.record().calls().isEmpty())) {
            coordinator.all(StoreKeys.CALLBACKS).forEach(entry -> all.put(entry.key(), entry));
        }
        return found.stream()
                .map(one -> BatchRecord.with(
                        callbacks(one.record(), key -> Optional.ofNullable(all.get(key))),
                        one.record().batch()))
                .toList();
    }

    /** All that can be read, in no certain order. */
    List<Found> all() {
        List<Found> all = new ArrayList<>();
        for (Entry entry : coordinator.all(StoreKeys.BATCHES)) {
            try {
                all.add(new Found(entry, BatchRecord.read(entry.value())));
            } catch (Documents.UnreadableException e) {
                foreign.skipped(StoreKeys.BATCHES, entry.key().name(), String.valueOf(e.getMessage()));
            }
        }
        return all;
    }

    /** Changes it after all that has ended so far; no effect on an unknown one. */
    void change(String batchId, Function<StoredBatch, BatchChange> change) {
        countNow(batchId);
        Set<Key> known = new HashSet<>();
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            Optional<Found> found = read(batchId);
            if (found.isEmpty()) {
                return;
            }
            BatchChange changed = change.apply(stored(found.get()));
            FollowUps followUps =
                    new FollowUps(coordinator, coordinator.timeline().clock().instant(), known);
            changed.followUps().forEach(followUps::push);
            Transaction transaction = Counting.change(
                    found.get().entry(), found.get().record().with(changed.batch()), followUps, List.of());
            if (!(coordinator.commit(transaction) instanceof CommitResult.Conflict conflict)) {
                return;
            }
            FollowUps.learn(coordinator, conflict.keys(), known);
        }
        throw inTheWay(batchId);
    }

    /** Counts what has ended in these batches, if nobody does; what cannot be counted now is counted by the leader. */
    void count(Collection<String> batchIds) {
        counted(ours(batchIds));
    }

    /** As {@link #count}, beside the caller, who does not wait for it. */
    void countSoon(Collection<String> batchIds) {
        Deque<String> ours = ours(batchIds);
        if (ours.isEmpty()) {
            return;
        }
        Count count = new Count();
        underWay.add(count);
        try {
            coordinator.timeline().start("store-batches", () -> {
                try {
                    counted(ours);
                } finally {
                    underWay.remove(count);
                    count.done.complete(null);
                }
            });
        } catch (RuntimeException | Error e) { // What was settled is settled: whoever asked must hear of that.
            underWay.remove(count);
            leave(ours);
            LOG.warn("What has ended is counted later, by the leader batches={}", ours.size(), e);
        }
    }

    /** Waits for what {@link #countSoon} began, no longer than for one call. */
    void settle() {
        CompletableFuture<?>[] begun =
                underWay.stream().map(count -> count.done).toArray(CompletableFuture[]::new);
        if (begun.length > 0 && !coordinator.await(CompletableFuture.allOf(begun))) {
            LOG.warn("What has ended is counted later batches={}", begun.length);
        }
    }

    /** Those for which nobody is at it; whoever is looks once more. */
    private synchronized Deque<String> ours(Collection<String> batchIds) {
        Deque<String> ours = new ArrayDeque<>();
        for (String batchId : new LinkedHashSet<>(batchIds)) {
            if (asked.merge(batchId, 1, Integer::sum) == 1) {
                ours.add(batchId);
            }
        }
        return ours;
    }

    /** After an error nobody is at those that are left. */
    private void counted(Deque<String> ours) {
        try {
            while (!ours.isEmpty()) {
                countWhileAsked(ours.element());
                ours.remove();
            }
        } finally {
            leave(ours);
        }
    }

    private synchronized void leave(Collection<String> batchIds) {
        asked.keySet().removeAll(batchIds);
    }

    private void countWhileAsked(String batchId) {
        int seen;
        do {
            seen = asked(batchId);
            try {
                countNow(batchId);
            } catch (RuntimeException e) {
                LOG.warn("What has ended is counted later batch={} reason={}", batchId, e.getMessage());
            }
        } while (isAskedMore(batchId, seen));
    }

    private synchronized int asked(String batchId) {
        return asked.getOrDefault(batchId, 0);
    }

    private synchronized boolean isAskedMore(String batchId, int seen) {
        if (asked.getOrDefault(batchId, 0) > seen) {
            return true;
        }
        asked.remove(batchId);
        return false;
    }

    /** Counts what is left over, for the leader; answers whether there was anything. */
    boolean countAll() {
        Set<String> batchIds = new LinkedHashSet<>();
        coordinator.names(StoreKeys.BATCH_ENDS).forEach(entry -> batchIds.add(StoreKeys.batchOfEnds(entry.key())));
        count(batchIds);
        return !batchIds.isEmpty();
    }

    /** Returns when everything is counted that had ended when this was called, however much goes on ending. */
    private void countNow(String batchId) {
        Set<Key> known = new HashSet<>();
        Optional<Set<Key>> goal = Optional.empty();
        int rounds = 0;
        for (int tries = 0; tries < MOST_TRIES; rounds++) {
            Optional<Found> found = read(batchId); // before the list: who counts what is listed then changes it
            List<Counting.Ended> ends = ended(batchId);
            if (ends.isEmpty()) {
                return;
            }
            if (rounds > 0) {
                Set<Key> left = uncounted(batchId);
                if (goal.isPresent() && Collections.disjoint(goal.get(), left)) {
                    return;
                }
                goal = goal.or(() -> Optional.of(left));
            }
            Transaction transaction = found.map(batch -> new Counting(
                                    coordinator, batch.entry(), batch.record(), callbacks(batch.record()), known)
                            .of(ends))
                    .orElseGet(() -> dropping(batchId, ends));
            if (coordinator.commit(transaction) instanceof CommitResult.Conflict conflict) {
                tries++;
                FollowUps.learn(coordinator, conflict.keys(), known);
            }
        }
        throw inTheWay(batchId);
    }

    private Set<Key> uncounted(String batchId) {
        Set<Key> keys = new HashSet<>();
        for (Entry entry : coordinator.names(StoreKeys.BATCH_ENDS)) {
            if (StoreKeys.batchOfEnds(entry.key()).equals(batchId)) {
                keys.add(entry.key());
            }
        }
        return keys;
    }

    /** Members of a batch that was pruned count nowhere. */
    private static Transaction dropping(String batchId, List<Counting.Ended> ends) {
        Transaction.Builder transaction = Transaction.builder().require(Compare.absent(StoreKeys.batch(batchId)));
        ends.stream().limit(MOST_DROPPED).forEach(one -> transaction.write(Write.delete(one.key())));
        return transaction.build();
    }

    /**
     * In the order in which they were written. Nothing that came before one of them is missing: what is on a later page than the first
     * counts only if it is not younger than what the first page shows.
     */
    private List<Counting.Ended> ended(String batchId) {
        String prefix = StoreKeys.batchEndsPrefix(batchId);
        ListRequest request = ListRequest.first(StoreKeys.BATCH_ENDS, PAGE).after(prefix);
        Listing page = coordinator.page(request);
        List<Entry> ours = ours(page, prefix);
        long youngest = ours.stream().mapToLong(Entry::created).max().orElse(0);
        while (page.more()
                && ours(page, prefix).size() == page.entries().size()
                && !page.entries().isEmpty()) {
            page = coordinator.page(request.after(
                    page.entries().get(page.entries().size() - 1).key().name()));
            ours(page, prefix).stream()
                    .filter(entry -> entry.created() <= youngest)
                    .forEach(ours::add);
        }
        ours.sort(Comparator.comparingLong(Entry::created).thenComparing(Entry::key));
        return ours.stream().map(Batches::ended).toList();
    }

    private static List<Entry> ours(Listing page, String prefix) {
        return new ArrayList<>(page.entries().stream()
                .filter(entry -> entry.key().name().startsWith(prefix))
                .toList());
    }

    private static Counting.Ended ended(Entry entry) {
        try {
            return new Counting.Ended(entry.key(), Ends.read(entry.value()));
        } catch (Documents.UnreadableException e) {
            throw new StoreUnavailableException(
                    "What ended in a batch cannot be read key=" + entry.key() + ": " + e.getMessage());
        }
    }

    /** They never change, so they are read once. */
    private Map<BatchEvent, OutboxEntry> callbacks(BatchRecord record) {
        String batchId = record.batch().id();
        if (record.calls().isEmpty()) {
            return Map.of();
        }
        synchronized (this) {
            Map<BatchEvent, OutboxEntry> cached = callbacks.get(batchId);
            if (cached != null) {
                return cached;
            }
        }
        Map<BatchEvent, OutboxEntry> read = callbacks(record, coordinator::read);
        if (read.size() == record.calls().size()) {
            remember(batchId, read);
        }
        return read;
    }

    private static Map<BatchEvent, OutboxEntry> callbacks(BatchRecord record, Function<Key, Optional<Entry>> lies) {
        Map<BatchEvent, OutboxEntry> read = new EnumMap<>(BatchEvent.class);
        for (BatchEvent event : record.calls()) {
            lies.apply(StoreKeys.callback(record.batch().id(), event))
                    .ifPresent(entry -> read.put(event, callback(entry)));
        }
        return read;
    }

    private synchronized void remember(String batchId, Map<BatchEvent, OutboxEntry> read) {
        if (callbacks.size() >= MOST_CACHED) {
            callbacks.clear();
        }
        callbacks.put(batchId, read);
    }

    private static OutboxEntry callback(Entry entry) {
        try {
            return Documents.readOutbox(entry.value());
        } catch (Documents.UnreadableException e) {
            throw new StoreUnavailableException("Callback at " + entry.key() + " cannot be read: " + e.getMessage());
        }
    }

    private static StoreUnavailableException inTheWay(String batchId) {
        return new StoreUnavailableException("Others were in the way of changing batch " + batchId + " all the while");
    }
}
