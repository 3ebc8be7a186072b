package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.transaction.JdbcBoundary;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When what waits for transactions of real connections runs, and when it is dropped. */
@Tag("J4")
class JdbcBoundaryTest {
    private final JdbcBoundary boundary = new JdbcBoundary();
    private final DataSource watched = boundary.watch(database());
    private final List<String> ran = new ArrayList<>();

    @Test
    void withoutATransactionNothingWaits() throws SQLException {
        try (Connection connection = watched.getConnection()) {
            execute(connection, "CREATE TABLE t (n int)");

            assertThat(boundary.afterCommit(() -> ran.add("never"))).isFalse();
        }
        assertThat(ran).isEmpty();
    }

    @Test
    void itRunsAfterTheCommitOfAllThatAreOpen() throws SQLException {
        try (Connection first = begun();
                Connection second = begun()) {
            assertThat(boundary.afterCommit(() -> ran.add("both"))).isTrue();
            second.commit();
            assertThat(boundary.afterCommit(() -> ran.add("first"))).isTrue();
            assertThat(ran).isEmpty();
            first.commit();
        }
        assertThat(ran).containsExactly("both", "first");
        assertThat(boundary.afterCommit(() -> ran.add("never"))).isFalse();
    }

    @Test
    void aRollbackOrACloseDropsIt() throws SQLException {
        try (Connection rolledBack = begun();
                Connection committed = begun()) {
            boundary.afterCommit(() -> ran.add("never"));
            rolledBack.rollback();
            committed.commit();
        }
        try (Connection closed = begun()) {
            boundary.afterCommit(() -> ran.add("never"));
            execute(closed, "SELECT 1");
        }
        assertThat(boundary.afterCommit(() -> ran.add("never"))).isFalse();
        assertThat(ran).isEmpty();
    }

    @Test
    void aRollbackToASavepointDropsWhatCameAfterIt() throws SQLException {
        try (Connection connection = begun()) {
            boundary.afterCommit(() -> ran.add("before"));
            Savepoint savepoint = connection.setSavepoint();
            boundary.afterCommit(() -> ran.add("within"));
            connection.rollback(savepoint);
            boundary.afterCommit(() -> ran.add("after"));
            connection.commit();
        }
        assertThat(ran).containsExactly("before", "after");
    }

    @Test
    void switchingAutoCommitOnCommitsAndAStatementBeginsAnotherTransaction() throws SQLException {
        try (Connection connection = begun()) {
            boundary.afterCommit(() -> ran.add("switched"));
            connection.setAutoCommit(true);
            assertThat(ran).containsExactly("switched");
            connection.setAutoCommit(false);
            connection.commit();
            assertThat(boundary.afterCommit(() -> ran.add("never"))).isFalse();
            execute(connection, "SELECT 1");
            assertThat(boundary.afterCommit(() -> ran.add("again"))).isTrue();
            connection.commit();
        }
        assertThat(ran).containsExactly("switched", "again");
    }

    @Test
    void aCommitThatThrowsDropsItAndWhatThrowsAfterACommitIsToldOnceAllHaveRun() throws SQLException {
        Connection broken = begun();
        boundary.afterCommit(() -> ran.add("never"));
        broken.unwrap(Connection.class).close();
        assertThatThrownBy(broken::commit).isInstanceOf(SQLException.class);
        assertThat(boundary.afterCommit(() -> ran.add("never"))).isFalse();
        try (Connection connection = begun()) {
            boundary.afterCommit(() -> {
                throw new IllegalStateException("not pushed");
            });
            boundary.afterCommit(() -> ran.add("pushed"));

            assertThatThrownBy(connection::commit).hasMessage("not pushed");
        }
        assertThat(ran).containsExactly("pushed");
    }

    private Connection begun() throws SQLException {
        Connection connection = watched.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static DataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID());
        return source;
    }
}
