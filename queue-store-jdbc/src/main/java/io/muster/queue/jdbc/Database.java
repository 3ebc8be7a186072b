package io.muster.queue.jdbc;

import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.jdbc.SqlErrors.Meaning;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs transactions and says what their errors mean. What was in another's way, with nothing applied, is repeated here until the
 * call's time is over. Thread-safe.
 */
final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Backoff AGAIN = new Backoff(Duration.ofMillis(2), Duration.ofMillis(200));

    final Dialect dialect;
    final Tables tables;
    final Timeline timeline;
    private final DataSource source;
    private final Duration callTimeout;
    private final Optional<Duration> limit;
    private final String shown;
    private volatile boolean closed;

    /**
     * @param limit after which the server gives up a statement on connections of this source by itself
     * @param shown names the database in messages, without secrets
     */
    Database(
            DataSource source,
            Dialect dialect,
            Tables tables,
            Timeline timeline,
            Duration callTimeout,
            Optional<Duration> limit,
            String shown) {
        this.source = source;
        this.limit = limit;
        this.dialect = dialect;
        this.tables = tables;
        this.timeline = timeline;
        this.callTimeout = callTimeout;
        this.shown = shown;
    }

    /** What a transaction does. */
    @FunctionalInterface
    interface Work<T> {
        T in(Session session) throws SQLException;
    }

    /**
     * Does {@code work} in a transaction of its own: all of it or nothing. An exception that the work throws undoes it.
     *
     * @param what is done, for messages
     */
    <T> T transaction(String what, Work<T> work) {
        try {
            return push(what, work);
        } catch (StoreFullException full) {
            throw new StoreUnavailableException(String.valueOf(full.getMessage()), full);
        }
    }

    /** As {@link #transaction}, of many statements that may last for {@code time} together, if that is more than a call may. */
    <T> T longTransaction(String what, Duration time, Work<T> work) {
        Duration longest = time.compareTo(callTimeout) > 0 ? time : callTimeout;
        Work<T> unlimited = session -> {
            session.liftLimit();
            return work.in(session);
        };
        return call(what, longest, (connection, deadline) -> inTransaction(what, unlimited, connection, deadline));
    }

    /**
     * As {@link #transaction}, for those who are to be told that there is no room.
     *
     * @throws StoreFullException the database has no space left; nothing was applied
     */
    <T> T push(String what, Work<T> work) {
        return call(what, (connection, deadline) -> inTransaction(what, work, connection, deadline));
    }

    /**
     * Does {@code work}, which is one statement that commits by itself: one round trip.
     *
     * @throws StoreFullException the database has no space left; nothing was applied
     * @throws StoreOutcomeUnknownException the connection failed; the statement may have been applied
     */
    <T> T statement(String what, Work<T> work) {
        return call(what, (connection, deadline) -> {
            try {
                return work.in(new Session(connection, dialect, tables, deadline, true, limit));
            } catch (SQLException e) {
                if (dialect.errors().meaning(e) == Meaning.CONNECTION) {
                    throw unknown(what, e);
                }
                throw e;
            }
        });
    }

    /** One try of a call. */
    @FunctionalInterface
    private interface Attempt<T> {
        T on(Connection connection, Deadline deadline) throws SQLException;
    }

    /** Tries on one connection, within the call timeout: waiting for the connection, for others and for the server included. */
    private <T> T call(String what, Attempt<T> attempt) {
        return call(what, callTimeout, attempt);
    }

    private <T> T call(String what, Duration time, Attempt<T> attempt) {
        Deadline deadline = Deadline.after(time, timeline.ticker());
        Connection connection = null;
        try {
            connection = connect();
            int networkTimeout = connection.getNetworkTimeout();
            try {
                return untilDone(what, attempt, connection, deadline);
            } finally {
                giveBack(connection, networkTimeout);
            }
        } catch (SQLException e) {
            throw notApplied(what, dialect.errors().meaning(e), e);
        } finally {
            close(connection);
        }
    }

    private <T> T untilDone(String what, Attempt<T> attempt, Connection connection, Deadline deadline)
            throws SQLException {
        for (int failures = 1; ; failures++) {
            try {
                return attempt.on(connection, deadline);
            } catch (SQLException e) {
                if (dialect.errors().meaning(e) != Meaning.REPEAT || deadline.expired()) {
                    throw e;
                }
                LOG.debug("Repeats what was in another's way what={} reason={}", what, e.toString());
                timeline.await(new CompletableFuture<>(), deadline.orAfter(AGAIN.after(failures, timeline.random())));
            }
        }
    }

    /** A session in a transaction that is the caller's to end. */
    Session within(Connection callers) {
        return new Session(
                callers, dialect, tables, Deadline.after(callTimeout, timeline.ticker()), false, Optional.empty());
    }

    /** A connection that commits each statement by itself; the caller closes it. */
    Connection connect() throws SQLException {
        if (closed) {
            throw new StoreUnavailableException("This store is closed; nothing was applied");
        }
        return source.getConnection();
    }

    String shown() {
        return shown;
    }

    Duration callTimeout() {
        return callTimeout;
    }

    void close() {
        closed = true;
    }

    private <T> T inTransaction(String what, Work<T> work, Connection connection, Deadline deadline)
            throws SQLException {
        boolean ended = false;
        connection.setAutoCommit(false);
        try {
            Session session = new Session(connection, dialect, tables, deadline, true, limit);
            T result = work.in(session);
            session.tellOfReturns();
            session.bound();
            ended = true;
            commit(what, connection);
            return result;
        } finally {
            end(connection, ended);
        }
    }

    /** A commit without an answer may have been applied; one that was answered with an error was not. */
    private void commit(String what, Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            Meaning meaning = dialect.errors().meaning(e);
            if (meaning == Meaning.CONNECTION || meaning == Meaning.TIMEOUT || meaning == Meaning.OTHER) {
                throw unknown(what, e);
            }
            throw e;
        }
    }

    private StoreOutcomeUnknownException unknown(String what, SQLException e) {
        return new StoreOutcomeUnknownException(
                shown + " did not confirm " + what + "; it may have been applied: " + text(e), e);
    }

    /** A database rolls back what it lost the client of, and a pool drops a connection that failed. */
    private static void end(Connection connection, boolean ended) {
        try {
            if (!ended) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            LOG.debug("Could not end a transaction reason={}", e.toString());
        }
    }

    private static void giveBack(Connection connection, int networkTimeout) {
        try {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, networkTimeout);
            }
        } catch (SQLException e) {
            LOG.debug("Could not give a connection its timeout back reason={}", e.toString());
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("Could not give a connection back reason={}", e.toString());
        }
    }

    /** The exception for an error after which nothing is applied. */
    StoreException notApplied(String what, Meaning meaning, SQLException e) {
        String because =
                switch (meaning) {
                    case READ_ONLY -> "the database is read-only";
                    case FULL -> "the database has no space left";
                    case TOO_MANY_CONNECTIONS -> "the database accepts no more connections";
                    case WRONG_PASSWORD -> "the database refuses user or password";
                    case TIMEOUT -> "it did not answer within " + callTimeout.toSeconds() + " s";
                    case CONNECTION -> "the connection failed";
                    case REPEAT -> "others were in the way for " + callTimeout.toSeconds() + " s";
                    case OTHER -> "the statement failed";
                };
        String message = "Could not " + what + " in " + shown + ", nothing was applied: " + because + ": " + text(e);
        return meaning == Meaning.FULL ? new StoreFullException(message, e) : new StoreUnavailableException(message, e);
    }

    /** What the database says, and what the system said to it, as "No space left on device". */
    private static String text(SQLException e) {
        String said =
                String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException && cause.getMessage() != null && !said.contains(cause.getMessage())) {
                return said + ": " + cause.getMessage();
            }
        }
        return said;
    }
}
