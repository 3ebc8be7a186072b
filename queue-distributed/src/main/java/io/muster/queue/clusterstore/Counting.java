package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.BatchRecord.Ends;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.StoredBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One transaction that counts ends in their batch, takes them off the list of what is to be counted and pushes what follows: as much as fits, so
 * that a group of settlements with a callback each is counted in several.
 */
final class Counting {
    private static final int MOST_STEPS = 200;

    private final Coordinator coordinator;
    private final Entry lies;
    private final BatchRecord record;
    private final Map<BatchEvent, OutboxEntry> callbacks;
    private final Set<Key> known;
    private final Instant now;

    /**
     * @param lies the batch as just read
     * @param known see {@link FollowUps}
     */
    Counting(
            Coordinator coordinator,
            Entry lies,
            BatchRecord record,
            Map<BatchEvent, OutboxEntry> callbacks,
            Set<Key> known) {
        this.coordinator = coordinator;
        this.lies = lies;
        this.record = record;
        this.callbacks = callbacks;
        this.known = known;
        this.now = coordinator.timeline().clock().instant();
    }

    /** The least that can be counted alone. {@code rest}: what is left of its entry then; of the last one, nothing. */
    private record Step(Key entry, Ends counted, Ends rest, boolean last) {}

    /** Counts from the front of these, which were read after the batch. */
    Transaction of(List<Ended> ends) {
        List<Step> steps = new ArrayList<>();
        for (Ended one : ends) {
            steps.addAll(steps(one));
            if (steps.size() > MOST_STEPS) {
                break;
            }
        }
        int fits = 1;
        int tooMany = steps.size() + 1;
        for (int tried = steps.size(); fits + 1 < tooMany; tried = (fits + tooMany) / 2) {
            if (isWithinLimits(transaction(steps.subList(0, tried)))) {
                fits = tried;
            } else {
                tooMany = tried;
            }
        }
        return transaction(steps.subList(0, fits));
    }

    /** What lies at a key of the list. */
    record Ended(Key key, Ends ends) {}

    /** Each success with its callback may be a step; what can finish the batch comes last, what keeps it from that first. */
    private List<Step> steps(Ended one) {
        BatchEnds ended = one.ends().ended();
        int well = ended.succeeded().size() + ended.discarded().size();
        if (!callbacks.containsKey(BatchEvent.PROGRESS) || well < 2) {
            return List.of(new Step(one.key(), one.ends(), one.ends(), true));
        }
        List<Step> steps = new ArrayList<>();
        List<String> jobs = new ArrayList<>(ended.succeeded());
        jobs.addAll(ended.discarded());
        int succeeded = ended.succeeded().size();
        int more = Math.max(0, ended.added());
        for (int i = 0; i < jobs.size() - 1; i++) {
            List<String> job = List.of(jobs.get(i));
            BatchEnds counted = i < succeeded
                    ? new BatchEnds(job, List.of(), List.of(), 0, i == 0 ? more : 0)
                    : new BatchEnds(List.of(), job, List.of(), 0, i == 0 ? more : 0);
            steps.add(new Step(
                    one.key(), Ends.of(counted), Ends.of(rest(ended, succeeded, i + 1, ended.added() - more)), false));
        }
        steps.add(new Step(
                one.key(), Ends.of(rest(ended, succeeded, jobs.size() - 1, ended.added() - more)), one.ends(), true));
        return steps;
    }

    private static BatchEnds rest(BatchEnds ended, int succeeded, int done, int added) {
        int doneWell = Math.min(done, succeeded);
        return new BatchEnds(
                ended.succeeded().subList(doneWell, succeeded),
                ended.discarded().subList(done - doneWell, ended.discarded().size()),
                ended.failures(),
                ended.skipped(),
                added);
    }

    private Transaction transaction(List<Step> steps) {
        StoredBatch batch = BatchRecord.with(callbacks, record.batch());
        FollowUps followUps = new FollowUps(coordinator, now, known);
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Ends counted = step.counted();
            if (counted.retriedLinks() > 0) {
                batch = BatchChange.retried(batch, counted.retriedLinks());
            } else {
                BatchChange change = BatchChange.ended(batch, counted.ended(), now);
                batch = change.batch();
                change.followUps().forEach(followUps::push);
            }
            boolean lastOfEntry =
                    i + 1 == steps.size() || !steps.get(i + 1).entry().equals(step.entry());
            if (lastOfEntry) {
                writes.add(
                        step.last()
                                ? Write.delete(step.entry())
                                : Write.put(step.entry(), step.rest().bytes()));
            }
        }
        return change(lies, record.with(batch), followUps, writes);
    }

    /** A change of a batch from what was read, with what follows on it. */
    static Transaction change(Entry lies, BatchRecord changed, FollowUps followUps, List<Write> more) {
        Transaction.Builder transaction =
                Transaction.builder().require(Compare.unchanged(lies)).write(Write.put(lies.key(), changed.bytes()));
        more.forEach(transaction::write);
        followUps.addTo(transaction);
        return transaction.build();
    }

    private boolean isWithinLimits(Transaction transaction) {
        Capabilities most = coordinator.capabilities();
        return transaction.operations() <= most.mostOperations() && transaction.bytes() <= most.mostTransactionBytes();
    }
}
