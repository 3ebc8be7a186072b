package io.muster.queue.jdbc;

import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears what other processes tell by NOTIFY, on a connection of its own. After a gap everybody is told to look. */
final class Listening implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);
    private static final int WAIT_MILLIS = 4000;
    private static final Backoff AGAIN = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

    private final Database database;
    private final Wakes wakes;
    private final Timeline.Task task;
    private final CompletableFuture<Boolean> closed = new CompletableFuture<>();
    private volatile @Nullable Connection current;

    Listening(Database database, Wakes wakes) {
        this.database = database;
        this.wakes = wakes;
        this.task = database.timeline.start("jdbc-store-listen", this::run);
    }

    @Override
    public void close() {
        closed.complete(true);
        Connection connection = current;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("Could not abort reason={}", e.toString());
            }
        }
        task.interrupt();
    }

    private void run() {
        int failures = 0;
        while (!closed.isDone()) {
            try (Connection connection = database.connect()) {
                current = connection;
                listen(connection);
                failures = 0;
                everybody();
                hear(connection);
            } catch (SQLException | StoreException e) {
                failures++;
                database.dialect.errors().connectionFailed();
                if (failures == 1 && !closed.isDone()) {
                    LOG.warn("Hears no notifications for now database={} reason={}", database.shown(), e.toString());
                }
                database.timeline.await(
                        closed,
                        Deadline.after(AGAIN.after(failures, database.timeline.random()), database.timeline.ticker()));
            } finally {
                current = null;
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN \"" + database.tables.jobs() + "\"");
        }
    }

    private void hear(Connection connection) throws SQLException {
        PGConnection notified = connection.unwrap(PGConnection.class);
        while (!closed.isDone()) {
            PGNotification[] heard = notified.getNotifications(WAIT_MILLIS);
            if (heard == null || heard.length == 0) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT 1");
                }
                continue;
            }
            for (PGNotification one : heard) {
                String message = one.getParameter();
                if (message.startsWith(Notifying.ASSIGNED)) {
                    wakes.heardAssigned(message.substring(Notifying.ASSIGNED.length()));
                } else if (message.startsWith(Notifying.PUSHED)) {
                    wakes.heardPushed(Set.of(message.substring(Notifying.PUSHED.length())));
                } else {
                    wakes.heardReady();
                }
            }
        }
    }

    private void everybody() {
        wakes.heardReady();
        wakes.listening().forEach(wakes::heardAssigned);
    }
}
