package io.muster.queue.jdbc;

import io.muster.servers.ServerKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

class PostgresServerFaultTest extends ServerFaultContract {
    @Override
    ServerKind kind() {
        return ServerKind.POSTGRES;
    }

    @Override
    String[] fewConnections() {
        return new String[] {"-c", "max_connections=" + MOST_CONNECTIONS, "-c", "superuser_reserved_connections=0"};
    }

    /** Nobody may write, the superuser neither. */
    @Override
    String ordinaryUser(Statement administrator) {
        return "postgres";
    }

    @Override
    void readOnly(Statement administrator, boolean readOnly) throws SQLException {
        administrator.execute("ALTER SYSTEM SET default_transaction_read_only = " + (readOnly ? "on" : "off"));
        administrator.execute("SELECT pg_reload_conf()");
    }

    @Override
    void lock(Connection connection, String table) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
        }
    }

    @Override
    void unlock(Connection connection) throws SQLException {
        connection.rollback();
    }
}
