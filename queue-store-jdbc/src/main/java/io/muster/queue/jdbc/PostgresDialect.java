package io.muster.queue.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** PostgreSQL 12 and newer. Many rows travel as arrays, one per column. */
final class PostgresDialect extends Dialect {
    /** Any number that no other application is likely to use. */
    private static final long SCHEMA_LOCK = 0x6d75_7374_6572L;

    private final SqlErrors errors = new SqlErrors(SqlErrors.POSTGRES);

    @Override
    String noBytes() {
        return "''";
    }

    @Override
    String durability() {
        return "Survives kill -9 and loss of power with synchronous_commit on (the default) and full_page_writes.";
    }

    @Override
    String name() {
        return "postgresql";
    }

    @Override
    String now() {
        return "(extract(epoch from clock_timestamp()) * 1000000)::bigint";
    }

    @Override
    String forShare() {
        return " FOR SHARE";
    }

    @Override
    String forUpdateSkipLocked() {
        return " FOR UPDATE SKIP LOCKED";
    }

    @Override
    String knownLock() {
        return "";
    }

    @Override
    Stamp stamp(Session session) throws SQLException {
        return session.first(
                        "SELECT " + now() + ", nextval('{numbers}')", row -> new Stamp(row.getLong(1), row.getLong(2)))
                .orElseThrow();
    }

    @Override
    List<Long> readyLanes(Session session) throws SQLException {
        return session.query(
                """
                WITH RECURSIVE found(lane) AS (
                  (SELECT ready_lane FROM {jobs} WHERE ready_lane IS NOT NULL ORDER BY ready_lane, place LIMIT 1)
                  UNION ALL
                  SELECT (SELECT j.ready_lane FROM {jobs} j WHERE j.ready_lane > f.lane ORDER BY j.ready_lane, j.place LIMIT 1)
                  FROM found f WHERE f.lane IS NOT NULL)
                SELECT lane FROM found WHERE lane IS NOT NULL""",
                row -> row.getLong(1));
    }

    @Override
    boolean notifies() {
        return true;
    }

    @Override
    boolean isQuick() {
        return true;
    }

    @Override
    SqlErrors errors() {
        return errors;
    }

    @Override
    void lockSchema(Session session) throws SQLException {
        session.query("SELECT pg_advisory_xact_lock(?)", row -> "", SCHEMA_LOCK);
    }

    @Override
    boolean changesSchemaInTransactions() {
        return true;
    }

    /** The driver asks the server to cancel an overdue statement, and waits for that as well: not for its ten seconds. */
    @Override
    Map<String, String> driverSettings(Duration callTimeout) {
        String seconds = Long.toString(Math.max(1, callTimeout.toSeconds()));
        return Map.of(
                "ApplicationName",
                "muster",
                "connectTimeout",
                seconds,
                "loginTimeout",
                seconds,
                "cancelSignalTimeout",
                "1",
                "socketTimeout",
                seconds,
                "tcpKeepAlive",
                "true",
                "reWriteBatchedInserts",
                "true");
    }

    /** As the driver would be told by the second, at the begin of a call, without a timer for each statement. */
    @Override
    Optional<Duration> statementLimit(Duration callTimeout) {
        return Optional.of(
                Duration.ofSeconds(Math.max(1, callTimeout.minusNanos(1).toSeconds())));
    }

    @Override
    String limitLifted() {
        return "SET LOCAL statement_timeout = 0";
    }

    /**
     * Every query of ours has an index to walk; a plan made while a table was small would be kept when it has grown. The database
     * ends a transaction whose process stands still: its locks, that of the fence among them, would hold up all others as long. A shorter
     * {@code statement_timeout} of the user's own stays.
     */
    @Override
    List<String> connectionSettings(Duration callTimeout) {
        return List.of(
                "SET enable_seqscan = off",
                "SET enable_bitmapscan = off",
                "SET enable_sort = off",
                "SET enable_hashjoin = off",
                "SET enable_mergejoin = off",
                "SET jit = off",
                "SET plan_cache_mode = force_generic_plan",
                "SET default_transaction_isolation = 'read committed'",
                "SET idle_in_transaction_session_timeout = '3s'",
                statementLimit(callTimeout).map(PostgresDialect::limited).orElseThrow());
    }

    private static String limited(Duration limit) {
        return "SELECT set_config('statement_timeout', '" + limit.toMillis() + "', false) FROM pg_settings"
                + " WHERE name = 'statement_timeout' AND (setting = '0' OR setting::bigint > " + limit.toMillis() + ")";
    }

    @Override
    String any(Connection connection, Collection<?> elements, List<@Nullable Object> arguments) throws SQLException {
        boolean numbers = !elements.isEmpty() && elements.iterator().next() instanceof Long;
        Object[] array = elements.toArray();
        arguments.add(
                numbers
                        ? connection.createArrayOf("bigint", array)
                        : connection.createArrayOf(
                                "text",
                                IntStream.range(0, array.length)
                                        .mapToObj(i -> String.valueOf(array[i]))
                                        .toArray(String[]::new)));
        return "= ANY(?)";
    }

    @Override
    boolean[] update(Session session, RowUpdate update, List<@Nullable Object[]> rows) throws SQLException {
        String sets = update.sets().stream()
                .map(column -> column.name() + " = v.new_" + column.name())
                .collect(Collectors.joining(", "));
        String separator = update.fixed().isEmpty() || sets.isEmpty() ? "" : ", ";
        String where = update.compares().stream()
                .map(column -> "j." + column.name() + " = v." + column.name())
                .collect(Collectors.joining(" AND "));
        String key = update.compares().get(0).name();
        String sql = "UPDATE " + update.table() + " AS j SET " + update.fixed() + separator + sets + " FROM "
                + unnest(update.columns(), update.compares().size()) + " WHERE " + where + " RETURNING j." + key;
        return matched(session, sql, update.columns(), rows);
    }

    @Override
    boolean[] insertAbsent(Session session, String table, List<Column> columns, List<@Nullable Object[]> rows)
            throws SQLException {
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        String sql = "INSERT INTO " + table + " (" + names + ") SELECT " + names + " FROM "
                + unnest(columns, columns.size())
                + " ON CONFLICT DO NOTHING RETURNING " + columns.get(0).name();
        return matched(session, sql, columns, rows);
    }

    /** The first columns under their own names, the others as {@code new_…}. */
    private static String unnest(List<Column> columns, int own) {
        return columns.stream()
                        .map(column -> "?::" + type(column.type()) + "[]")
                        .collect(Collectors.joining(", ", "unnest(", ") AS v("))
                + IntStream.range(0, columns.size())
                        .mapToObj(i -> (i < own ? "" : "new_") + columns.get(i).name())
                        .collect(Collectors.joining(", ", "", ")"));
    }

    /** Runs a statement that returns the keys of the rows it has done. */
    private static boolean[] matched(Session session, String sql, List<Column> columns, List<@Nullable Object[]> rows)
            throws SQLException {
        Set<String> done = new HashSet<>();
        try (PreparedStatement statement = session.prepareNamed(sql)) {
            for (int i = 0; i < columns.size(); i++) {
                statement.setArray(
                        i + 1, array(session.connection, columns.get(i).type(), rows, i));
            }
            try (ResultSet keys = statement.executeQuery()) {
                while (keys.next()) {
                    done.add(keys.getString(1));
                }
            }
        }
        boolean[] matched = new boolean[rows.size()];
        for (int i = 0; i < matched.length; i++) {
            matched[i] = done.contains(String.valueOf(rows.get(i)[0]));
        }
        return matched;
    }

    private static Array array(Connection connection, Column.Type type, List<@Nullable Object[]> rows, int index)
            throws SQLException {
        return switch (type) {
            case TEXT ->
                connection.createArrayOf(
                        type(type),
                        rows.stream().map(row -> (String) row[index]).toArray(String[]::new));
            case BIGINT ->
                connection.createArrayOf(
                        type(type), rows.stream().map(row -> (Long) row[index]).toArray(Long[]::new));
            case BYTES ->
                connection.createArrayOf(
                        type(type),
                        rows.stream().map(row -> (byte[]) row[index]).toArray(byte[][]::new));
        };
    }

    private static String type(Column.Type type) {
        return switch (type) {
            case TEXT -> "text";
            case BIGINT -> "bigint";
            case BYTES -> "bytea";
        };
    }
}
