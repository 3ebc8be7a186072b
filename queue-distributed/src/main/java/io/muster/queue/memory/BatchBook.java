package io.muster.queue.memory;

import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome.NotInBatch.Why;
import io.muster.queue.store.StoredBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The batches, and what follows when they change. Not thread-safe. */
final class BatchBook {
    private final FollowUps followUps;
    private final Map<String, Long> numbers = new HashMap<>();
    private final NavigableMap<Long, StoredBatch> newestFirst = new TreeMap<>((a, b) -> Long.compare(b, a));
    private long lastNumber;

    BatchBook(FollowUps followUps) {
        this.followUps = followUps;
    }

    boolean knows(String batchId) {
        return numbers.containsKey(batchId);
    }

    Optional<StoredBatch> find(String batchId) {
        return Optional.ofNullable(numbers.get(batchId)).map(newestFirst::get);
    }

    void create(NewBatch batch, Instant now) {
        numbers.put(batch.id(), ++lastNumber);
        apply(BatchChange.created(batch, now), now);
    }

    void seal(String batchId, Instant now) {
        find(batchId).ifPresent(batch -> apply(BatchChange.sealed(batch, now), now));
    }

    Optional<StoredBatch> cancel(String batchId, Instant now) {
        find(batchId).ifPresent(batch -> put(BatchChange.cancelled(batch, now)));
        return find(batchId);
    }

    /** Why a job cannot be added to the batch that it names. */
    Optional<Why> refuses(NewJob job) {
        if (job.batch().isEmpty()) {
            return Optional.empty();
        }
        Optional<StoredBatch> batch = find(job.batch().get().batchId());
        if (batch.isEmpty()) {
            return Optional.of(Why.UNKNOWN);
        }
        if (batch.get().finished()) {
            return Optional.of(Why.FINISHED);
        }
        return batch.get().queue().equals(job.queue()) ? Optional.empty() : Optional.of(Why.OTHER_QUEUE);
    }

    void added(NewJob job) {
        job.batch().ifPresent(member -> find(member.batchId())
                .ifPresent(batch -> put(BatchChange.added(batch, member.links()))));
    }

    void ended(Map<String, BatchEnds> ends, Instant now) {
        ends.forEach(
                (batchId, ended) -> find(batchId).ifPresent(batch -> apply(BatchChange.ended(batch, ended, now), now)));
    }

    void ended(MemoryJob job, BatchEnds ends, Instant now) {
        job.spec.batch().ifPresent(member -> ended(Map.of(member.batchId(), ends), now));
    }

    void retried(MemoryJob job) {
        Optional<BatchMembership> member = job.spec.batch();
        member.map(BatchMembership::batchId)
                .flatMap(this::find)
                .ifPresent(batch -> put(BatchChange.retried(batch, member.get().links())));
    }

    BatchPage list(Optional<String> from, int limit) {
        NavigableMap<Long, StoredBatch> rest =
                from.map(last -> newestFirst.tailMap(Long.valueOf(last), false)).orElse(newestFirst);
        List<Map.Entry<Long, StoredBatch>> page =
                rest.entrySet().stream().limit(limit).toList();
        Optional<String> next = rest.size() <= page.size()
                ? Optional.empty()
                : page.stream().map(entry -> entry.getKey().toString()).reduce((first, last) -> last);
        return new BatchPage(page.stream().map(Map.Entry::getValue).toList(), next);
    }

    int prune(BatchAges ages, Instant now, int limit) {
        List<StoredBatch> old = new ArrayList<>(newestFirst.values());
        old.removeIf(batch -> !isOld(batch, ages, now));
        List<StoredBatch> pruned = old.subList(0, Math.min(limit, old.size()));
        pruned.forEach(batch -> newestFirst.remove(numbers.remove(batch.id())));
        return pruned.size();
    }

    private static boolean isOld(StoredBatch batch, BatchAges ages, Instant now) {
        if (batch.cancelled()) {
            return isOld(batch.cancelledAt(), ages.cancelled(), now);
        }
        return batch.finished()
                ? isOld(batch.finishedAt(), ages.finished(), now)
                : isOld(Optional.of(batch.createdAt()), ages.unfinished(), now);
    }

    private static boolean isOld(Optional<Instant> since, Optional<Duration> age, Instant now) {
        return since.flatMap(moment -> age.map(longest -> Moments.after(moment, longest)))
                .filter(until -> !until.isAfter(now))
                .isPresent();
    }

    private void apply(BatchChange change, Instant now) {
        put(change.batch());
        followUps.push(change.followUps(), now);
    }

    private void put(StoredBatch batch) {
        newestFirst.put(numbers.get(batch.id()), batch);
    }
}
