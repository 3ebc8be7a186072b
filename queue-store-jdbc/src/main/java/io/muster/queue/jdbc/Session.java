package io.muster.queue.jdbc;

import io.muster.cluster.time.Deadline;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on one connection. In statements {@code {jobs}} names a table, and {@code {any}} after a column compares it with
 * all elements of a collection that stands among the arguments. Used by one thread.
 */
final class Session {
    private static final String ANY = "{any}";

    final Connection connection;
    final Dialect dialect;
    final Tables tables;
    private final Deadline deadline;
    private final boolean ours;
    private Optional<Duration> limit;
    private boolean cameBack;

    /**
     * @param ours whether the connection's timeouts may be changed
     * @param limit after which the server gives a statement of this connection up by itself
     */
    Session(
            Connection connection,
            Dialect dialect,
            Tables tables,
            Deadline deadline,
            boolean ours,
            Optional<Duration> limit) {
        this.connection = connection;
        this.dialect = dialect;
        this.tables = tables;
        this.deadline = deadline;
        this.ours = ours;
        this.limit = limit;
    }

    <T> List<T> query(String sql, Row<T> reader, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(reader.read(rows));
            }
            return read;
        }
    }

    <T> Optional<T> first(String sql, Row<T> reader, @Nullable Object... arguments) throws SQLException {
        return query(sql, reader, arguments).stream().findFirst();
    }

    /** Answers how many rows were changed. */
    int update(String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    /** Numbers as one argument, for databases with arrays. */
    Array numbers(Collection<Long> values) throws SQLException {
        return connection.createArrayOf("bigint", values.toArray(Long[]::new));
    }

    Array texts(Collection<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray(String[]::new));
    }

    /** This transaction makes jobs ready again at places that they had before: leaders that read on from behind those must hear of it. */
    void jobsCameBack() {
        cameBack = true;
    }

    /** The last thing a transaction does: what is locked here is waited for by others that have all other locks they need. */
    void tellOfReturns() throws SQLException {
        if (cameBack && dialect.isQuick()) {
            update("UPDATE {returns} SET number = number + 1");
        }
    }

    /** The database's clock, in microseconds since 1970. */
    long now() throws SQLException {
        return first("SELECT " + dialect.now() + dialect.fromNothing(), row -> row.getLong(1))
                .orElseThrow();
    }

    /** A statement bounded in time; the caller closes it. */
    PreparedStatement prepareNamed(String sql) throws SQLException {
        Duration left = bound();
        PreparedStatement statement = connection.prepareStatement(tables.in(sql));
        if (limit.isEmpty() || limit.get().compareTo(left) > 0) {
            statement.setQueryTimeout((int) Math.max(1, left.toSeconds())); // The driver wakes a thread for each.
        }
        return statement;
    }

    /** From now on to the end of the transaction a statement may last for as long as the deadline says, however long that is. */
    void liftLimit() throws SQLException {
        if (limit.isPresent()) {
            update(dialect.limitLifted());
            limit = Optional.empty();
        }
    }

    /**
     * Whatever is sent next is waited for no longer than the call may last: the server is asked to give up in the last second of that,
     * and if it does not say so in time, the connection counts as failed. Answers how long that is.
     */
    Duration bound() throws SQLException {
        Duration left = deadline.remaining();
        if (left.isZero()) {
            throw new SQLTimeoutException("The time of this call is over");
        }
        if (ours) {
            connection.setNetworkTimeout(Runnable::run, (int) Math.max(1, left.toMillis()));
        }
        return left;
    }

    private PreparedStatement prepare(String sql, @Nullable Object[] arguments) throws SQLException {
        List<@Nullable Object> flat = new ArrayList<>(arguments.length);
        String expanded = sql;
        for (Object argument : arguments) {
            if (argument instanceof Collection<?> elements) {
                expanded = expand(expanded, elements, flat);
            } else {
                flat.add(argument);
            }
        }
        PreparedStatement statement = prepareNamed(expanded);
        try {
            for (int i = 0; i < flat.size(); i++) {
                bind(statement, i + 1, flat.get(i));
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private String expand(String sql, Collection<?> elements, List<@Nullable Object> flat) throws SQLException {
        int at = sql.indexOf(ANY);
        String comparison = dialect.any(connection, elements, flat);
        return sql.substring(0, at) + comparison + sql.substring(at + ANY.length());
    }

    static void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else if (value instanceof String text) {
            statement.setString(index, text);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else if (value instanceof Integer number) {
            statement.setInt(index, number);
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else if (value instanceof Array array) {
            statement.setArray(index, array);
        } else {
            throw new IllegalArgumentException("Cannot bind " + value.getClass());
        }
    }
}
