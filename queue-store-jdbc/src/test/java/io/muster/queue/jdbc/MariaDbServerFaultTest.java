package io.muster.queue.jdbc;

import io.muster.servers.ServerKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

class MariaDbServerFaultTest extends ServerFaultContract {
    @Override
    ServerKind kind() {
        return ServerKind.MARIADB;
    }

    @Override
    String[] fewConnections() {
        return new String[] {"--max-connections=" + MOST_CONNECTIONS};
    }

    @Override
    String ordinaryUser(Statement administrator) throws SQLException {
        administrator.execute("CREATE USER IF NOT EXISTS app@'127.0.0.1' IDENTIFIED BY '" + SECRET + "'");
        administrator.execute("GRANT ALL ON muster.* TO app@'127.0.0.1'");
        return "app";
    }

    @Override
    void readOnly(Statement administrator, boolean readOnly) throws SQLException {
        administrator.execute("SET GLOBAL read_only = " + (readOnly ? "ON" : "OFF"));
    }

    @Override
    void lock(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLES " + table + " WRITE");
        }
    }

    @Override
    void unlock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("UNLOCK TABLES");
        }
    }
}
