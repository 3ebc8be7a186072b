package io.muster.queue.jdbc;

import io.muster.queue.store.BatchChange;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome.NotInBatch.Why;
import io.muster.queue.store.StoredBatch;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The batches that a transaction changes: their rows are locked until it ends, each is written once. Rows are locked after those of jobs and
 * pools and before unique keys; who knows of several batches names them all at once. W2
 */
final class Batches {
    private final Session session;
    private final TreeMap<String, BatchRow> locked = new TreeMap<>();
    private final Set<String> asked = new TreeSet<>();
    private final Set<String> changed = new TreeSet<>();
    private final List<OutboxEntry> followUps = new ArrayList<>();

    Batches(Session session) {
        this.session = session;
    }

    /** Those of these that are known are this transaction's. Batches that others have are waited for, in the order of ids. */
    void lock(Collection<String> ids) throws SQLException {
        Set<String> fresh = new TreeSet<>(ids);
        fresh.removeAll(asked);
        if (!fresh.isEmpty()) {
            asked.addAll(fresh);
            session.query(
                    "SELECT " + BatchRow.COLUMNS + " FROM {batches} b WHERE b.id {any} ORDER BY b.id FOR UPDATE",
                    row -> {
                        BatchRow batch = BatchRow.read(row);
                        return locked.put(batch.batch().id(), batch);
                    },
                    fresh);
        }
    }

    /** The batches of which these jobs are members. */
    void lockOf(Collection<JobRow> jobs) throws SQLException {
        lock(jobs.stream()
                .flatMap(job -> Optional.ofNullable(job.batch()).stream())
                .toList());
    }

    /** Answers whether it was unknown and is there now, to be written and in this transaction's hands. */
    boolean create(NewBatch batch, Numbers numbers) throws SQLException {
        BatchChange created = BatchChange.created(batch, Moments.instant(numbers.now()));
        BatchRow row = BatchRow.created(batch, created.batch());
        List<@Nullable Object[]> rows = new ArrayList<>();
        rows.add(row.all(numbers.next()));
        if (!session.dialect.insertAbsent(session, "{batches}", BatchRow.ALL, rows)[0]) {
            return false;
        }
        new Callbacks(session).add(batch);
        asked.add(batch.id());
        locked.put(batch.id(), row);
        followUps.addAll(created.followUps());
        return true;
    }

    Optional<StoredBatch> find(String id) {
        return Optional.ofNullable(locked.get(id)).map(BatchRow::batch);
    }

    /** Why a job cannot be added to the batch that it names, which was locked. */
    Optional<Why> refuses(NewJob job) {
        if (job.batch().isEmpty()) {
            return Optional.empty();
        }
        StoredBatch batch = find(job.batch().get().batchId()).orElse(null);
        if (batch == null) {
            return Optional.of(Why.UNKNOWN);
        }
        if (batch.finished()) {
            return Optional.of(Why.FINISHED);
        }
        return batch.queue().equals(job.queue()) ? Optional.empty() : Optional.of(Why.OTHER_QUEUE);
    }

    void added(BatchMembership member) throws SQLException {
        change(member.batchId(), batch -> silent(BatchChange.added(batch, member.links())));
    }

    void ended(Map<String, BatchEnds> ends, long now) throws SQLException {
        Instant moment = Moments.instant(now);
        for (Map.Entry<String, BatchEnds> end : new TreeMap<>(ends).entrySet()) {
            change(end.getKey(), batch -> BatchChange.ended(batch, end.getValue(), moment));
        }
    }

    /** A failed member is ready again. */
    void retried(JobRow job) throws SQLException {
        if (job.batch() != null) {
            change(job.batch(), batch -> silent(BatchChange.retried(batch, job.links())));
        }
    }

    void sealed(String id, long now) throws SQLException {
        change(id, batch -> BatchChange.sealed(batch, Moments.instant(now)));
    }

    void cancelled(String id, long now) throws SQLException {
        change(id, batch -> silent(BatchChange.cancelled(batch, Moments.instant(now))));
    }

    /** Writes what has changed; answers the callbacks that follow, to be pushed in this transaction. */
    List<OutboxEntry> write() throws SQLException {
        if (!changed.isEmpty()) {
            List<@Nullable Object[]> rows = new ArrayList<>();
            for (String id : changed) {
                BatchRow row = locked.get(id);
                if (row != null) {
                    rows.add(row.changed());
                }
            }
            session.dialect.update(session, BatchRow.UPDATE, rows);
            changed.clear();
        }
        List<OutboxEntry> pushed = List.copyOf(followUps);
        followUps.clear();
        return pushed;
    }

    /** Computes what becomes of a batch. */
    @FunctionalInterface
    private interface Change {
        BatchChange of(StoredBatch batch);
    }

    private static BatchChange silent(StoredBatch batch) {
        return new BatchChange(batch, List.of());
    }

    /** Callbacks are read only where one follows: most changes count, and no more. */
    private void change(String id, Change change) throws SQLException {
        BatchRow row = locked.get(id);
        if (row == null) {
            return;
        }
        BatchChange made = change.of(row.batch());
        if (row.batch().callbacks().isEmpty() && row.calls(made.batch())) {
            Map<BatchEvent, OutboxEntry> callbacks =
                    new Callbacks(session).of(List.of(row)).getOrDefault(id, new HashMap<>());
            row = row.withCallbacks(callbacks);
            made = change.of(row.batch());
        }
        if (!made.batch().equals(row.batch())) {
            changed.add(id);
        }
        locked.put(id, row.with(made.batch()));
        followUps.addAll(made.followUps());
    }
}
