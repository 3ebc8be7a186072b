package io.muster.queue.clusterstore;

import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Batches as people and the queue ask for them: a creation is one transaction, with its first jobs. */
final class ClusterBatchDesk implements BatchDesk {
    private final Coordinator coordinator;
    private final Batches batches;
    private final ClusterIntake intake;

    ClusterBatchDesk(Coordinator coordinator, Batches batches, ClusterIntake intake) {
        this.coordinator = coordinator;
        this.batches = batches;
        this.intake = intake;
    }

    @Override
    public List<PushOutcome> create(NewBatch batch, List<NewJob> members) {
        batch.checkMembers(members);
        intake.checkPayloads(
                batch.callbacks().values().stream().map(OutboxEntry::job).toList());
        String place = Places.at(coordinator.timeline().clock().instant()); // before those of the members
        PushBatch push = intake.begin(members);
        Key key = StoreKeys.batch(batch.id());
        Set<Key> known = new HashSet<>();
        while (coordinator.read(key).isEmpty()) {
            if (!push.isDecided()) {
                intake.makeRoom(push);
            }
            CommitResult result = coordinator.commit(creation(batch, place, push, known));
            if (!(result instanceof CommitResult.Conflict conflict)) {
                intake.pushed(push);
                return push.outcomes();
            }
            push.look(conflict.keys());
            FollowUps.learn(coordinator, conflict.keys(), known);
        }
        // There already, and its members with it: one transaction wrote them, though their ids may be forgotten by now.
        return members.stream()
                .<PushOutcome>map(member -> new PushOutcome.SameId(member.id()))
                .toList();
    }

    private Transaction creation(NewBatch batch, String place, PushBatch push, Set<Key> known) {
        Instant now = coordinator.timeline().clock().instant();
        FollowUps followUps = new FollowUps(coordinator, now, known);
        BatchChange created = BatchChange.created(batch, now);
        created.followUps().forEach(before -> followUps.push(before, place));
        StoredBatch added = BatchChange.added(created.batch(), push.links());
        BatchChange complete = batch.open() ? new BatchChange(added, List.of()) : BatchChange.sealed(added, now);
        complete.followUps().forEach(followUps::push);
        BatchRecord record = new BatchRecord(place, batch.callbacks().keySet(), complete.batch());
        Key key = StoreKeys.batch(batch.id());
        Transaction.Builder transaction =
                Transaction.builder().require(Compare.absent(key)).write(Write.put(key, record.bytes()));
        batch.callbacks()
                .forEach((event, callback) -> transaction.write(
                        Write.put(StoreKeys.callback(batch.id(), event), Documents.write(callback, place))));
        followUps.addTo(transaction);
        return push.addTo(transaction, followUps.queues()).build();
    }

    @Override
    public void seal(String batchId) {
        Instant now = coordinator.timeline().clock().instant();
        batches.change(batchId, batch -> BatchChange.sealed(batch, now));
    }

    @Override
    public Optional<StoredBatch> find(String batchId) {
        return batches.find(batchId);
    }

    @Override
    public BatchPage list(Optional<String> from, int limit) {
        List<Batches.Found> rest = batches.all().stream()
                .filter(found ->
                        from.map(last -> place(found).compareTo(last) < 0).orElse(true))
                .sorted(Comparator.comparing(ClusterBatchDesk::place).reversed())
                .limit(limit + 1L)
                .toList();
        boolean more = rest.size() > limit;
        List<Batches.Found> page = more ? rest.subList(0, limit) : rest;
        return new BatchPage(batches.stored(page), more ? Optional.of(place(page.get(limit - 1))) : Optional.empty());
    }

    private static String place(Batches.Found found) {
        return found.record().place() + "-" + found.record().batch().id();
    }

    @Override
    public Optional<StoredBatch> cancel(String batchId) {
        Instant now = coordinator.timeline().clock().instant();
        batches.change(batchId, batch -> new BatchChange(BatchChange.cancelled(batch, now), List.of()));
        return batches.find(batchId);
    }

    @Override
    public int prune(BatchAges ages, Instant callersNow, int limit) {
        Instant now = coordinator.timeline().clock().instant();
        int pruned = 0;
        for (Batches.Found found : batches.all()) {
            if (pruned < limit && isOld(found.record().batch(), ages, now) && prune(found)) {
                pruned++;
            }
        }
        return pruned;
    }

    /** Not if somebody has changed it. */
    private boolean prune(Batches.Found found) {
        Transaction.Builder transaction = Transaction.builder()
                .require(Compare.unchanged(found.entry()))
                .write(Write.delete(found.entry().key()));
        for (BatchEvent event : found.record().calls()) {
            transaction.write(
                    Write.delete(StoreKeys.callback(found.record().batch().id(), event)));
        }
        return coordinator.commit(transaction.build()) instanceof CommitResult.Committed;
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
        return since.flatMap(moment -> age.map(longest -> StoreKeys.later(moment, longest)))
                .filter(until -> !until.isAfter(now))
                .isPresent();
    }
}
