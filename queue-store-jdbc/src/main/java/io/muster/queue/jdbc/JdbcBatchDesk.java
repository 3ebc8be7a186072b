package io.muster.queue.jdbc;

import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredBatch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One row per batch. Each call is one transaction, which has the row until it ends. W2 to W5 */
final class JdbcBatchDesk implements BatchDesk {
    private static final int MOST_AT_ONCE = 1000;
    private static final String SELECT = "SELECT " + BatchRow.COLUMNS + " FROM {batches} b";
    private static final int SEQ = 18;

    private final Database database;
    private final Lanes lanes;
    private final Wakes wakes;
    private final JdbcIntake intake;

    JdbcBatchDesk(Database database, Lanes lanes, Wakes wakes, JdbcIntake intake) {
        this.database = database;
        this.lanes = lanes;
        this.wakes = wakes;
        this.intake = intake;
    }

    @Override
    public List<PushOutcome> create(NewBatch batch, List<NewJob> members) {
        batch.checkMembers(members);
        intake.checkPayloads(
                batch.callbacks().values().stream().map(OutboxEntry::job).toList());
        intake.prepare(members);
        List<PushOutcome> outcomes =
                lanes.making(() -> database.push("create a batch", session -> create(session, batch, members)));
        wakes.ready(true);
        return outcomes;
    }

    private List<PushOutcome> create(Session session, NewBatch batch, List<NewJob> members) throws SQLException {
        Numbers numbers = new Numbers(session);
        Batches batches = new Batches(session);
        FollowUps followUps = new FollowUps(session, lanes, batches);
        boolean created = batches.create(batch, numbers);
        if (created) {
            followUps.push(batches.write(), Set.of());
        }
        List<PushOutcome> outcomes = members.isEmpty() ? List.of() : new Pushing(session, lanes, batches).push(members);
        if (created && !batch.open()) {
            batches.sealed(batch.id(), numbers.now());
            followUps.push(batches.write(), Set.of());
        }
        return outcomes;
    }

    @Override
    public void seal(String batchId) {
        boolean followed = lanes.making(() -> database.transaction("seal a batch", session -> {
            Batches batches = new Batches(session);
            batches.lock(List.of(batchId));
            batches.sealed(batchId, session.now());
            List<OutboxEntry> callbacks = batches.write();
            new FollowUps(session, lanes, batches).push(callbacks, Set.of());
            return !callbacks.isEmpty();
        }));
        wakes.ready(followed);
    }

    @Override
    public Optional<StoredBatch> find(String batchId) {
        return database.transaction("find a batch", session -> {
            List<BatchRow> found = session.query(SELECT + " WHERE b.id = ?", BatchRow::read, batchId);
            return complete(session, found).stream().findFirst();
        });
    }

    /** A row and its place in the listing. */
    private record Listed(BatchRow batch, long seq) {
        static Listed read(ResultSet row) throws SQLException {
            return new Listed(BatchRow.read(row), row.getLong(SEQ));
        }
    }

    @Override
    public BatchPage list(Optional<String> from, int limit) {
        long before = from.map(Long::parseLong).orElse(Long.MAX_VALUE);
        int most = Math.min(limit, MOST_AT_ONCE);
        return database.transaction("list batches", session -> {
            List<Listed> found = session.query(
                    SELECT + " WHERE b.seq < ? ORDER BY b.seq DESC LIMIT ?", Listed::read, before, most + 1);
            List<Listed> page = found.subList(0, Math.min(found.size(), most));
            Optional<String> next = found.size() <= most || page.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Long.toString(page.get(page.size() - 1).seq()));
            return new BatchPage(
                    complete(session, page.stream().map(Listed::batch).toList()), next);
        });
    }

    @Override
    public Optional<StoredBatch> cancel(String batchId) {
        return database.transaction("cancel a batch", session -> {
            Batches batches = new Batches(session);
            batches.lock(List.of(batchId));
            batches.cancelled(batchId, session.now());
            batches.write();
            List<BatchRow> found = session.query(SELECT + " WHERE b.id = ?", BatchRow::read, batchId);
            return complete(session, found).stream().findFirst();
        });
    }

    /** A store with a clock of its own. */
    @Override
    public int prune(BatchAges ages, Instant callersNow, int limit) {
        return database.transaction("prune batches", session -> {
            List<String> old = new ArrayList<>();
            prunable(session, BatchRow.FINISHED, ages.finished(), limit, old);
            prunable(session, BatchRow.UNFINISHED, ages.unfinished(), limit, old);
            prunable(session, BatchRow.CANCELLED, ages.cancelled(), limit, old);
            if (!old.isEmpty()) {
                new Callbacks(session).remove(old);
                session.update("DELETE FROM {batches} WHERE id {any}", old);
            }
            return old.size();
        });
    }

    /** Those that somebody is about to change are left to the next call. */
    private static void prunable(Session session, int stage, Optional<Duration> age, int limit, List<String> old)
            throws SQLException {
        int room = Math.min(limit, MOST_AT_ONCE) - old.size();
        if (age.isEmpty() || room <= 0) {
            return;
        }
        long now = session.now();
        old.addAll(session.query(
                "SELECT b.id FROM {batches} b WHERE b.stage = " + stage
                        + " AND b.since <= ? ORDER BY b.stage, b.since LIMIT ?" + session.dialect.forUpdateSkipLocked(),
                row -> row.getString(1),
                now - Math.min(now, Moments.micros(age.get())),
                room));
    }

    private static List<StoredBatch> complete(Session session, List<BatchRow> found) throws SQLException {
        Map<String, Map<BatchEvent, OutboxEntry>> callbacks = new Callbacks(session)
                .of(found.stream().filter(row -> !row.called().isEmpty()).toList());
        return found.stream()
                .map(row -> row.withCallbacks(callbacks.getOrDefault(row.batch().id(), Map.of()))
                        .batch())
                .toList();
    }
}
