package io.muster.queue.jdbc;

import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be pushed when something happens to a batch. */
final class Callbacks {
    /** The type of a job that stands for a callback which cannot be read; {@link FollowUps} has it fail at once, and it is kept. */
    static final String UNREADABLE = NewJob.RESERVED_TYPES + "unreadable";

    /** Of a callback none matters: it is derived when the callback follows. */
    private static final String NO_ID = "callback";

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
    private static final List<Column> COLUMNS = columns();

    private final Session session;

    Callbacks(Session session) {
        this.session = session;
    }

    void add(NewBatch batch) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        batch.callbacks().forEach((event, entry) -> {
            OutboxEntry named = new OutboxEntry(batch.id() + "/" + event.word(), entry.connection(), entry.job());
            rows.add(JobColumns.row(RowUpdate.values(batch.id()), Outbox.values(named, BatchRow.bit(event))));
        });
        if (!rows.isEmpty()) {
            session.dialect.insertAbsent(session, "{callbacks}", COLUMNS, rows);
        }
    }

    /** By the ids of their batches. */
    Map<String, Map<BatchEvent, OutboxEntry>> of(Collection<BatchRow> batches) throws SQLException {
        Map<String, String> queues = new HashMap<>();
        batches.forEach(row -> queues.put(row.batch().id(), row.batch().queue()));
        Map<String, Map<BatchEvent, OutboxEntry>> found = new HashMap<>();
        if (!queues.isEmpty()) {
            session.query(
                    "SELECT " + Outbox.ENTRY + ", batch, seq FROM {callbacks} WHERE batch {any}",
                    row -> {
                        String batch = row.getString(16);
                        Map<BatchEvent, OutboxEntry> callbacks =
                                found.computeIfAbsent(batch, id -> new EnumMap<>(BatchEvent.class));
                        OutboxEntry entry = readable(row, batch, queues.getOrDefault(batch, Lane.UNREADABLE));
                        BatchRow.events(row.getInt(17)).forEach(event -> callbacks.put(event, entry));
                        return entry;
                    },
                    queues.keySet());
        }
        return found;
    }

    /** What others have changed must not keep the batch from ending: a job with those bytes stands for it. */
    private static OutboxEntry readable(ResultSet row, String batch, String queue) throws SQLException {
        try {
            return Outbox.read(row);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            LOG.debug("A callback cannot be read batch={} id={} reason={}", batch, row.getString(1), e.getMessage());
            return OutboxEntry.here(NewJob.of(NO_ID, queue, UNREADABLE, row.getBytes(5)));
        }
    }

    void remove(Collection<String> batches) throws SQLException {
        session.update("DELETE FROM {callbacks} WHERE batch {any}", batches);
    }

    private static List<Column> columns() {
        List<Column> columns = new ArrayList<>(Outbox.COLUMNS);
        columns.add(Column.text("batch"));
        return columns;
    }
}
