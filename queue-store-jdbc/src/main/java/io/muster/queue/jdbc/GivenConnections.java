package io.muster.queue.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The application's connections as the store needs them: each statement commits by itself until a transaction is begun, which reads
 * what others have committed. When one is given back it is as it was. Thread-safe.
 */
final class GivenConnections implements DataSource {
    private static final int ISOLATION = Connection.TRANSACTION_READ_COMMITTED;

    private final DataSource given;

    private GivenConnections(DataSource given) {
        this.given = given;
    }

    /**
     * The source itself, if its connections are right.
     *
     * @throws SQLException it gives none
     */
    static DataSource of(DataSource given) throws SQLException {
        try (Connection sample = given.getConnection()) {
            return sample.getAutoCommit() && sample.getTransactionIsolation() == ISOLATION
                    ? given
                    : new GivenConnections(given);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return adapted(given.getConnection());
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return adapted(given.getConnection(username, password));
    }

    private static Connection adapted(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        int isolation = connection.getTransactionIsolation();
        boolean prepared = false;
        try {
            if (isolation != ISOLATION) {
                connection.setTransactionIsolation(ISOLATION);
            }
            connection.setAutoCommit(true);
            prepared = true;
        } finally {
            if (!prepared) {
                connection.close();
            }
        }
        return (Connection) Proxy.newProxyInstance(
                GivenConnections.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        giveBack(connection, autoCommit, isolation);
                        return null;
                    }
                    return call(connection, method, arguments);
                });
    }

    private static void giveBack(Connection connection, boolean autoCommit, int isolation) throws SQLException {
        try (connection) {
            if (!connection.isClosed()) {
                if (isolation != ISOLATION) {
                    connection.setTransactionIsolation(isolation);
                }
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static @Nullable Object call(Connection connection, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return given.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter writer) throws SQLException {
        given.setLogWriter(writer);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        given.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return given.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return given.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return given.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return given.isWrapperFor(type);
    }
}
