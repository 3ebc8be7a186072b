package io.muster.queue.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Statements that travel together: one round trip, for databases whose drivers can ({@link Dialect#isQuick}). Each sees what those
 * before it did. Used by one thread, once.
 */
final class Statements {
    private final Session session;
    private final List<String> texts = new ArrayList<>();
    private final List<@Nullable Object> arguments = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    Statements(Session session) {
        this.session = session;
    }

    /** Takes the answer of the statement at which the driver stands. */
    @FunctionalInterface
    private interface Part {
        void take(PreparedStatement statement) throws SQLException;
    }

    /** A query, and what becomes of each of its rows. */
    Statements query(String sql, Row<?> reader, @Nullable Object... values) throws SQLException {
        add(sql, values);
        parts.add(statement -> {
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        });
        return this;
    }

    /** A change, and what is told how many rows it changed. */
    Statements update(String sql, IntConsumer changed, @Nullable Object... values) throws SQLException {
        add(sql, values);
        parts.add(statement -> changed.accept(statement.getUpdateCount()));
        return this;
    }

    void run() throws SQLException {
        try (PreparedStatement statement = session.prepareNamed(String.join(";", texts))) {
            for (int i = 0; i < arguments.size(); i++) {
                Session.bind(statement, i + 1, arguments.get(i));
            }
            statement.execute();
            for (int i = 0; i < parts.size(); i++) {
                if (i > 0) {
                    statement.getMoreResults();
                }
                parts.get(i).take(statement);
            }
        }
    }

    private void add(String sql, @Nullable Object... values) {
        texts.add(sql);
        for (Object value : values) {
            arguments.add(value);
        }
    }
}
