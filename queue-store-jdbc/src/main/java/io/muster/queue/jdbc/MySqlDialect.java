package io.muster.queue.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** MySQL 8.0.1 and newer, MariaDB 10.6 and newer: those that skip locked rows. */
final class MySqlDialect extends Dialect {
    private static final int LOCK_SECONDS = 10;

    private final SqlErrors errors = new SqlErrors(SqlErrors.MYSQL);

    @Override
    String noBytes() {
        return "''";
    }

    @Override
    String durability() {
        return "Survives kill -9 and loss of power with innodb_flush_log_at_trx_commit = 1 (the default).";
    }

    @Override
    String name() {
        return "mysql";
    }

    @Override
    String now() {
        return "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED)";
    }

    @Override
    String forShare() {
        return " LOCK IN SHARE MODE";
    }

    @Override
    String forUpdateSkipLocked() {
        return " FOR UPDATE SKIP LOCKED";
    }

    @Override
    String knownLock() {
        return " FOR UPDATE";
    }

    /** MySQL has no sequences; what an AUTO_INCREMENT has given out is given out, whatever becomes of the row. */
    @Override
    Stamp stamp(Session session) throws SQLException {
        return new Stamp(session.now(), nextNumber(session));
    }

    private static long nextNumber(Session session) throws SQLException {
        try (PreparedStatement statement = session.connection.prepareStatement(
                session.tables.in("INSERT INTO {numbers} (id) VALUES (NULL)"),
                PreparedStatement.RETURN_GENERATED_KEYS)) {
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                if (!keys.next()) {
                    throw new SQLException("The database gave out no number");
                }
                long number = keys.getLong(1);
                session.update("DELETE FROM {numbers} WHERE id = ?", number);
                return number;
            }
        }
    }

    /** The index is walked from lane to lane. */
    @Override
    List<Long> readyLanes(Session session) throws SQLException {
        return session.query(
                "SELECT ready_lane FROM {jobs} WHERE ready_lane > -1 GROUP BY ready_lane", row -> row.getLong(1));
    }

    @Override
    SqlErrors errors() {
        return errors;
    }

    @Override
    void lockSchema(Session session) throws SQLException {
        session.query("SELECT GET_LOCK(?, ?)", row -> "", session.tables.in("{schema}"), LOCK_SECONDS);
    }

    @Override
    boolean changesSchemaInTransactions() {
        return false;
    }

    @Override
    Map<String, String> driverSettings(Duration callTimeout) {
        return Map.of(
                "connectTimeout",
                Long.toString(callTimeout.toMillis()),
                "socketTimeout",
                Long.toString(callTimeout.toMillis()),
                "useBulkStmts",
                "false",
                "useBulkStmtsForInserts",
                "false",
                "allowMultiQueries",
                "true",
                "useServerPrepStmts",
                "true");
    }

    /** MariaDB ends a transaction whose process stands still, with its locks; MySQL knows no such setting and reads a comment. */
    @Override
    List<String> connectionSettings(Duration callTimeout) {
        return List.of(
                "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
                "SET SESSION innodb_lock_wait_timeout = 3 /*M!100301 , SESSION idle_transaction_timeout = 3 */");
    }
}
