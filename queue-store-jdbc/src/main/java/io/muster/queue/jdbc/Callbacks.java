package io.muster.queue.jdbc;

import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.OutboxEntry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be pushed when something happens to a batch. */
final class Callbacks {
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

    /** Those of batches, by their ids. */
    Map<String, Map<BatchEvent, OutboxEntry>> of(Collection<String> batches) throws SQLException {
        Map<String, Map<BatchEvent, OutboxEntry>> found = new HashMap<>();
        if (!batches.isEmpty()) {
            session.query(
                    "SELECT " + Outbox.ENTRY + ", batch, seq FROM {callbacks} WHERE batch {any}",
                    row -> {
                        Map<BatchEvent, OutboxEntry> callbacks =
                                found.computeIfAbsent(row.getString(16), batch -> new EnumMap<>(BatchEvent.class));
                        OutboxEntry entry = Outbox.read(row);
                        BatchRow.events(row.getInt(17)).forEach(event -> callbacks.put(event, entry));
                        return entry;
                    },
                    batches);
        }
        return found;
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
