package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.PushOutcome.NotInBatch.Why;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A push that is being decided: every conflict decides a job or learns of a key whose time is over. */
final class PushBatch {
    private final Coordinator coordinator;
    private final List<NewJob> jobs;
    private final Instant now;
    private final List<JobDocument> documents = new ArrayList<>();
    private final List<Integer> undecided = new ArrayList<>();
    private final Map<Integer, PushOutcome> decided = new HashMap<>();
    private final Map<Key, Entry> expiredKeys = new HashMap<>();
    private final Batches batches;
    private final Map<String, Optional<Batches.Found>> seenBatches = new HashMap<>();
    private Set<String> unmarked = Set.of();

    PushBatch(Coordinator coordinator, Batches batches, List<NewJob> jobs, Instant now) {
        this.coordinator = coordinator;
        this.batches = batches;
        this.jobs = jobs;
        this.now = now;
        for (NewJob job : jobs) {
            boolean delayed = job.dueAt().map(due -> due.isAfter(now)).orElse(false);
            documents.add(JobDocument.pushed(job, Places.at(now), delayed ? JobState.DELAYED : JobState.READY));
            undecided.add(undecided.size());
        }
        refuseRepetitions();
    }

    /** Earlier jobs of the batch count as pushed. */
    private void refuseRepetitions() {
        Set<String> ids = new HashSet<>();
        Map<String, String> holders = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            NewJob job = jobs.get(i);
            String holder =
                    job.unique().map(key -> holders.getOrDefault(key.key(), "")).orElse("");
            if (!ids.add(job.id())) {
                decide(i, new PushOutcome.SameId(job.id()));
            } else if (!holder.isEmpty()) {
                decide(i, new PushOutcome.DuplicateOf(job.id(), holder));
            } else {
                job.unique().ifPresent(key -> holders.put(key.key(), job.id()));
            }
        }
    }

    /** Refuses jobs that cannot be added to the batch that they name, unless they are known. */
    void judgeBatches() {
        for (int i : List.copyOf(undecided)) {
            NewJob job = jobs.get(i);
            Optional<Why> why = job.batch().flatMap(member -> refused(job, member.batchId()));
            if (why.isPresent()) {
                String batchId = job.batch().orElseThrow().batchId();
                boolean isKnown = coordinator.read(StoreKeys.id(job.id())).isPresent();
                decide(
                        i,
                        isKnown
                                ? new PushOutcome.SameId(job.id())
                                : new PushOutcome.NotInBatch(job.id(), batchId, why.get()));
            }
        }
    }

    private Optional<Why> refused(NewJob job, String batchId) {
        Optional<StoredBatch> batch = seenBatches
                .computeIfAbsent(batchId, batches::read)
                .map(found -> found.record().batch());
        if (batch.isEmpty()) {
            return Optional.of(Why.UNKNOWN);
        }
        if (batch.get().finished()) {
            return Optional.of(Why.FINISHED);
        }
        return batch.get().queue().equals(job.queue()) ? Optional.empty() : Optional.of(Why.OTHER_QUEUE);
    }

    boolean isDecided() {
        return undecided.isEmpty();
    }

    int undecided() {
        return undecided.size();
    }

    Transaction transaction() {
        Transaction.Builder transaction = Transaction.builder();
        addToBatches(transaction);
        return addTo(transaction).build();
    }

    /** What the batches that jobs name become. */
    private void addToBatches(Transaction.Builder transaction) {
        Map<String, Integer> links = new TreeMap<>();
        for (int i : undecided) {
            jobs.get(i).batch().ifPresent(member -> links.merge(member.batchId(), member.links(), Integer::sum));
        }
        links.forEach((batchId, more) -> seenBatches
                .computeIfAbsent(batchId, batches::read)
                .ifPresent(found -> transaction
                        .require(Compare.unchanged(found.entry()))
                        .write(Write.put(
                                found.entry().key(),
                                found.record()
                                        .with(BatchChange.added(found.record().batch(), more))
                                        .bytes()))));
    }

    /** How many links the undecided jobs stand for in their batches. */
    int links() {
        return undecided.stream()
                .map(jobs::get)
                .mapToInt(job -> job.batch().map(BatchMembership::links).orElse(0))
                .sum();
    }

    /** Adds what pushes the undecided jobs to a transaction that does more. */
    Transaction.Builder addTo(Transaction.Builder transaction) {
        return addTo(transaction, Set.of());
    }

    /** As {@link #addTo(Transaction.Builder)}, for one that marks these queues by itself. */
    Transaction.Builder addTo(Transaction.Builder transaction, Set<String> marked) {
        Set<String> queues = new HashSet<>();
        Set<String> batchIds = new HashSet<>();
        boolean elsewhere = false;
        int operations = 0;
        for (int i : undecided) {
            JobDocument document = documents.get(i);
            NewJob job = document.job();
            queues.add(job.queue());
            elsewhere |= !StoreKeys.isPlain(job);
            Key id = StoreKeys.id(job.id());
            transaction.require(Compare.absent(id)).write(Write.put(id, IdRecord.live(document)));
            Key lies = document.state() == JobState.DELAYED
                    ? StoreKeys.delayed(document, job.dueAt().orElse(now))
                    : StoreKeys.ready(document);
            transaction.write(Write.put(lies, Documents.write(document)));
            job.unique().ifPresent(key -> hold(transaction, job, key));
            job.batch().ifPresent(member -> batchIds.add(member.batchId()));
            operations += job.unique().isPresent() ? 5 : 3;
        }
        operations += 2 * batchIds.size();
        queues.removeAll(marked);
        boolean fits = operations + queues.size() < coordinator.capabilities().mostOperations();
        boolean marksBehind = elsewhere && marked.isEmpty() && fits;
        unmarked = elsewhere && !fits ? Set.copyOf(queues) : Set.of();
        (marksBehind ? Burials.marks(queues) : Burials.plainMarks(queues)).forEach(transaction::write);
        return transaction;
    }

    private void hold(Transaction.Builder transaction, NewJob job, UniqueKey unique) {
        Key key = StoreKeys.unique(unique.key());
        Entry expired = expiredKeys.get(key);
        transaction.require(expired == null ? Compare.absent(key) : Compare.unchanged(expired));
        transaction.write(
                Write.put(key, KeyRecord.unique(job.id(), unique.heldFor(), now).bytes()));
    }

    /** Queues of jobs for which the transaction had no room to say that they may be ready before others. */
    Set<String> unmarked() {
        return unmarked;
    }

    void lookForKnownIds() {
        look(undecided.stream().map(i -> StoreKeys.id(jobs.get(i).id())).collect(Collectors.toSet()));
    }

    /** Finds out why the transaction did not hold. */
    void look(Set<Key> keys) {
        seenBatches.clear();
        for (int i : List.copyOf(undecided)) {
            NewJob job = jobs.get(i);
            Key id = StoreKeys.id(job.id());
            Optional<Key> unique = job.unique().map(key -> StoreKeys.unique(key.key()));
            boolean mayBeHeld = unique.map(keys::contains).orElse(false);
            if ((keys.contains(id) || mayBeHeld) && coordinator.read(id).isPresent()) {
                decide(i, new PushOutcome.SameId(job.id()));
            } else if (mayBeHeld) {
                unique.ifPresent(key -> lookAt(i, key));
            }
        }
    }

    private void lookAt(int i, Key key) {
        expiredKeys.remove(key);
        coordinator.read(key).ifPresent(entry -> {
            KeyRecord record = KeyRecord.of(entry);
            if (record.isOver(now)) {
                expiredKeys.put(key, entry);
            } else {
                decide(i, new PushOutcome.DuplicateOf(jobs.get(i).id(), record.jobId()));
            }
        });
    }

    void pushed() {
        for (int i : List.copyOf(undecided)) {
            decide(i, new PushOutcome.Pushed(jobs.get(i).id()));
        }
    }

    /** A duplicate of a job of the batch that is a duplicate itself is one of that job's holder. */
    List<PushOutcome> outcomes() {
        List<PushOutcome> outcomes = new ArrayList<>();
        Map<String, String> holders = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            PushOutcome outcome = Objects.requireNonNull(decided.get(i));
            if (outcome instanceof PushOutcome.DuplicateOf duplicate) {
                String holder = holders.getOrDefault(duplicate.holderJobId(), duplicate.holderJobId());
                holders.put(duplicate.jobId(), holder);
                outcome = new PushOutcome.DuplicateOf(duplicate.jobId(), holder);
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private void decide(int i, PushOutcome outcome) {
        decided.put(i, outcome);
        undecided.remove(Integer.valueOf(i));
    }
}
