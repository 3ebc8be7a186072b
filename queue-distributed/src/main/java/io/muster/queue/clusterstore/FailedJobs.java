package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Failed jobs by their ids: where they lie, and how they run again. Used by one thread, for one call. */
final class FailedJobs {
    private static final int LOOKS = 5;

    private final Coordinator coordinator;
    private final Instant now;
    private final Map<String, RetryOutcome> decided = new HashMap<>();
    private final Set<String> queues = new HashSet<>();
    private final Set<String> batches = new HashSet<>();

    FailedJobs(Coordinator coordinator) {
        this.coordinator = coordinator;
        this.now = coordinator.timeline().clock().instant();
    }

    /** Of what was retried. */
    Set<String> batches() {
        return batches;
    }

    /** The entries of those that are failed, without their values. */
    Map<String, Entry> names(Collection<String> jobIds) {
        Map<String, Set<String>> perQueue = new LinkedHashMap<>();
        for (String id : jobIds) {
            coordinator
                    .read(StoreKeys.id(id))
                    .map(entry -> IdRecord.read(entry.value()))
                    .filter(record -> record.ended().isEmpty())
                    .ifPresent(record -> perQueue.computeIfAbsent(record.queue(), queue -> new LinkedHashSet<>())
                            .add(id));
        }
        Map<String, Entry> names = new LinkedHashMap<>();
        perQueue.forEach((queue, ids) -> coordinator.names(StoreKeys.failed(queue)).stream()
                .filter(entry -> ids.contains(StoreKeys.jobIdOf(entry.key())))
                .forEach(entry -> names.put(StoreKeys.jobIdOf(entry.key()), entry)));
        return names;
    }

    /** A job that somebody else changes meanwhile is looked at again. */
    List<RetryOutcome> retry(List<String> jobIds) {
        Set<String> undecided = new LinkedHashSet<>(jobIds);
        for (int look = 0; look < LOOKS && !undecided.isEmpty(); look++) {
            Map<String, Entry> names = names(undecided);
            List<Item> items = new ArrayList<>();
            for (String id : undecided) {
                Optional.ofNullable(names.get(id))
                        .flatMap(name -> coordinator.read(name.key()))
                        .flatMap(this::retrying)
                        .ifPresentOrElse(items::add, () -> decided.putIfAbsent(id, new RetryOutcome.NotFailed(id)));
            }
            new Items(coordinator, Burials.frame(Optional.empty(), queues)).commit(items);
            undecided.removeAll(decided.keySet());
        }
        if (!undecided.isEmpty()) {
            throw new StoreUnavailableException("Others were in the way of retrying " + undecided
                    + "; they stay failed, others of the call may be retried");
        }
        List<RetryOutcome> outcomes = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String id : jobIds) {
            outcomes.add(seen.add(id) ? Objects.requireNonNull(decided.get(id)) : new RetryOutcome.NotFailed(id));
        }
        return outcomes;
    }

    /** Empty if it is decided without a change, or cannot be read. */
    private Optional<Item> retrying(Entry failed) {
        JobDocument ready;
        try {
            ready = Documents.read(failed.value()).retried(Places.at(now));
        } catch (Documents.UnreadableException e) {
            return Optional.empty();
        }
        List<Compare> compares = new ArrayList<>(List.of(Compare.unchanged(failed)));
        List<Write> writes = new ArrayList<>(
                List.of(Write.delete(failed.key()), Write.put(StoreKeys.ready(ready), Documents.write(ready))));
        Optional<UniqueKey> unique = ready.job().unique();
        if (unique.isPresent()) {
            Key key = StoreKeys.unique(unique.get().key());
            Optional<Entry> hold = coordinator.read(key);
            Optional<KeyRecord> live = hold.map(KeyRecord::of).filter(record -> !record.isOver(now));
            if (live.isPresent()) {
                decided.put(
                        ready.id(),
                        new RetryOutcome.DuplicateOf(ready.id(), live.get().jobId()));
                return Optional.empty();
            }
            compares.add(hold.map(Compare::unchanged).orElseGet(() -> Compare.absent(key)));
            writes.add(Write.put(
                    key, KeyRecord.unique(ready.id(), Optional.empty(), now).bytes()));
        }
        ready.job().batch().ifPresent(member -> {
            String batchId = member.batchId();
            batches.add(batchId);
            writes.add(Write.put(
                    StoreKeys.batchEnds(batchId, ready, Places.at(now)),
                    BatchRecord.Ends.retried(member.links()).bytes()));
        });
        queues.add(ready.job().queue());
        return Optional.of(new Item(
                compares,
                writes,
                committed -> decided.put(ready.id(), new RetryOutcome.Retried(ready.id())),
                conflict -> {}));
    }
}
