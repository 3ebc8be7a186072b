package io.muster.queue.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What differs between databases. The methods here suit those without arrays; PostgreSQL has its own. */
abstract class Dialect {
    /** Most elements compared with in one statement. */
    static final int MOST_ELEMENTS = 1000;

    /** Name for people, and of the folder in which the schema lies. */
    abstract String name();

    /** What survives which crash, one sentence for people. */
    abstract String durability();

    /** The database's clock as SQL, in microseconds since 1970. */
    abstract String now();

    /** What a query without a table ends with. */
    String fromNothing() {
        return "";
    }

    /** Ends a query so that its rows stay as they are until the end of the transaction. */
    abstract String forShare();

    /** Ends a query so that its rows are this transaction's, without those that are another's. */
    abstract String forUpdateSkipLocked();

    /** The moment, and a number above all that were ever given out; not undone by a rollback. */
    abstract Stamp stamp(Session session) throws SQLException;

    /** An empty payload as SQL. */
    abstract String noBytes();

    /** Lanes in which jobs are ready, at a cost that depends on the number of such lanes only. */
    abstract List<Long> readyLanes(Session session) throws SQLException;

    /** What one failed statement of a transaction does to the others. */
    abstract SqlErrors errors();

    /** A lock until the end of the transaction, or of the connection: one process at a time changes the schema. */
    abstract void lockSchema(Session session) throws SQLException;

    /** Whether the schema changes with the transaction. */
    abstract boolean changesSchemaInTransactions();

    /** Set on each new connection of our own pool. */
    abstract List<String> connectionSettings(Duration callTimeout);

    /** After which connections with these settings let the server give a statement up by itself, if they do. */
    Optional<Duration> statementLimit(Duration callTimeout) {
        return Optional.empty();
    }

    /** The statement that lifts this limit until the end of the transaction. */
    String limitLifted() {
        throw new IllegalStateException("Statements have no limit on " + name());
    }

    /** Whether the database tells other connections of news. */
    boolean notifies() {
        return false;
    }

    /** Whether {@link PlainPush}, {@link QuickExchange} and {@link QuickAssign} work: statements that do much at once. */
    boolean isQuick() {
        return false;
    }

    /** These settings as one text that a connection runs first. */
    String initSql(List<String> settings) {
        return String.join("; ", settings);
    }

    /** What the driver is told, so that nothing outlasts the call timeout. */
    abstract Map<String, String> driverSettings(Duration callTimeout);

    /** SQL that compares with any of the elements; adds to {@code arguments} what it needs. */
    String any(Connection connection, Collection<?> elements, List<@Nullable Object> arguments) throws SQLException {
        if (elements.isEmpty()) {
            arguments.add(null);
            return "IN (?)";
        }
        int padded = Integer.highestOneBit(Math.max(1, 2 * elements.size() - 1));
        Object last = elements.iterator().next();
        for (Object element : elements) {
            arguments.add(element);
        }
        for (int i = elements.size(); i < padded; i++) {
            arguments.add(last);
        }
        return "IN (" + "?, ".repeat(padded - 1) + "?)";
    }

    /** Does an update; answers for each row whether it was as it was read, and is changed now. */
    boolean[] update(Session session, RowUpdate update, List<@Nullable Object[]> rows) throws SQLException {
        String sets =
                update.sets().stream().map(column -> column.name() + " = ?").collect(Collectors.joining(", "));
        String separator = update.fixed().isEmpty() || sets.isEmpty() ? "" : ", ";
        String where =
                update.compares().stream().map(column -> column.name() + " = ?").collect(Collectors.joining(" AND "));
        String sql = "UPDATE " + update.table() + " SET " + update.fixed() + separator + sets + " WHERE " + where;
        int compares = update.compares().size();
        try (PreparedStatement statement = session.prepareNamed(sql)) {
            for (@Nullable Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    int index = i < compares ? update.sets().size() + i + 1 : i - compares + 1;
                    Session.bind(statement, index, row[i]);
                }
                statement.addBatch();
            }
            return changed(statement.executeBatch());
        }
    }

    /**
     * Inserts rows whose primary key, the first column, is not there yet; answers which were. Keys differ from each other.
     */
    boolean[] insertAbsent(Session session, String table, List<Column> columns, List<@Nullable Object[]> rows)
            throws SQLException {
        Set<String> known = known(session, table, columns.get(0).name(), rows);
        List<@Nullable Object[]> fresh = rows.stream()
                .filter(row -> !known.contains(String.valueOf(row[0])))
                .toList();
        boolean[] inserted = new boolean[rows.size()];
        if (!fresh.isEmpty()) {
            insert(session, table, columns, fresh);
        }
        for (int i = 0; i < inserted.length; i++) {
            inserted[i] = !known.contains(String.valueOf(rows.get(i)[0]));
        }
        return inserted;
    }

    private Set<String> known(Session session, String table, String key, List<@Nullable Object[]> rows)
            throws SQLException {
        List<String> keys = rows.stream().map(row -> String.valueOf(row[0])).toList();
        return new HashSet<>(session.query(
                "SELECT " + key + " FROM " + table + " WHERE " + key + " {any}" + knownLock(),
                row -> row.getString(1),
                keys));
    }

    /** Ends a query so that it reads what is committed, whatever the isolation of the transaction. */
    abstract String knownLock();

    private static void insert(Session session, String table, List<Column> columns, List<@Nullable Object[]> rows)
            throws SQLException {
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        String one = "(" + "?, ".repeat(columns.size() - 1) + "?)";
        String all = String.join(", ", Collections.nCopies(rows.size(), one));
        try (PreparedStatement statement =
                session.prepareNamed("INSERT INTO " + table + " (" + names + ") VALUES " + all)) {
            int index = 1;
            for (@Nullable Object[] row : rows) {
                for (Object value : row) {
                    Session.bind(statement, index++, value);
                }
            }
            statement.executeUpdate();
        }
    }

    private static boolean[] changed(int[] counts) {
        boolean[] changed = new boolean[counts.length];
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == Statement.SUCCESS_NO_INFO) {
                throw new IllegalStateException(
                        "The driver does not say which rows a batch has changed: " + Arrays.toString(counts));
            }
            changed[i] = counts[i] > 0;
        }
        return changed;
    }
}
