package io.muster.queue.jdbc;

import io.muster.queue.store.JobStore;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitReply;
import io.muster.queue.store.LimitWindow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row per limit, which its caller has until the transaction ends. */
final class JdbcLimitDesk implements JobStore.LimitDesk {
    private static final long MICROS = 1000;
    private static final String ROW = "SELECT started_at, used, ahead FROM {limits} WHERE name = ?";
    private static final List<Column> COLUMNS = List.of(
            Column.text("name"),
            Column.bigint("started_at"),
            Column.bigint("used"),
            Column.bigint("ahead"),
            Column.bigint("ends_at"));

    private final Database database;

    JdbcLimitDesk(Database database) {
        this.database = database;
    }

    @Override
    public LimitReply ask(LimitCall call) {
        return database.transaction("ask a limit", session -> ask(session, call));
    }

    private static LimitReply ask(Session session, LimitCall call) throws SQLException {
        String name = Names.key(call.key());
        if (call.action() == LimitCall.Action.CLEAR) {
            session.update("DELETE FROM {limits} WHERE name = ?", name);
            return LimitWindow.NONE.apply(call, now(session)).reply();
        }
        if (call.action() == LimitCall.Action.LOOK) {
            return find(session, ROW, name)
                    .orElse(LimitWindow.NONE)
                    .apply(call, now(session))
                    .reply();
        }
        Optional<LimitWindow> found = find(session, ROW + " FOR UPDATE", name);
        while (found.isEmpty()) {
            List<@Nullable Object[]> row = new ArrayList<>();
            row.add(RowUpdate.values(name, 0L, 0L, 0L, 0L));
            session.dialect.insertAbsent(session, "{limits}", COLUMNS, row);
            found = find(session, ROW + " FOR UPDATE", name);
        }
        LimitWindow.Step step = found.get().apply(call, now(session));
        session.update(
                "UPDATE {limits} SET started_at = ?, used = ?, ahead = ?, ends_at = ? WHERE name = ?",
                step.after().start() * MICROS,
                step.after().used(),
                step.after().ahead(),
                step.after().endsAt(call) * MICROS,
                name);
        return step.reply();
    }

    /** Removes limits that matter no more. */
    static void forget(Session session, long now, int limit) throws SQLException {
        List<String> over = session.query(
                "SELECT name FROM {limits} WHERE ends_at <= ? ORDER BY ends_at LIMIT ?",
                row -> row.getString(1),
                now,
                limit);
        if (!over.isEmpty()) {
            session.update("DELETE FROM {limits} WHERE name {any} AND ends_at <= ?", over, now);
        }
    }

    private static Optional<LimitWindow> find(Session session, String sql, String name) throws SQLException {
        return session.first(
                sql, row -> new LimitWindow(row.getLong(1) / MICROS, row.getLong(2), row.getLong(3)), name);
    }

    private static long now(Session session) throws SQLException {
        return session.now() / MICROS;
    }
}
