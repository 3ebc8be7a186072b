package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections of our own let PostgreSQL end a statement that lasts too long; the driver times only what has less time left than that. */
@Tag("Q2")
class PostgresStatementLimitTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private String uri;

    @BeforeEach
    void find() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        uri = server.get().uri().toString();
    }

    @Test
    void aConnectionHasTheCallTimeoutLessItsLastSecond() throws SQLException {
        assertThat(limit("call-timeout=3s")).isEqualTo("2s");
        assertThat(limit("call-timeout=7500ms")).isEqualTo("7s");
        assertThat(limit("call-timeout=1s")).isEqualTo("1s");
    }

    @Test
    void aShorterLimitOfTheUserStaysAndALongerOneDoesNot() throws SQLException {
        assertThat(limit("call-timeout=3s&options=-c%20statement_timeout=700")).isEqualTo("700ms");
        assertThat(limit("call-timeout=3s&options=-c%20statement_timeout=9000")).isEqualTo("2s");
    }

    @Test
    void aStatementThatBeginsLateInItsCallEndsWithTheCallAllTheSame() {
        try (JdbcStore store = open("call-timeout=4s")) {
            long start = System.nanoTime();

            assertThatThrownBy(() -> store.database().transaction("wait", session -> {
                        sleep(session, "2.2");
                        return sleep(session, "20");
                    }))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("it did not answer within");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(6500));
        }
    }

    /** Raising a large table may last. */
    @Test
    void theSchemaIsRaisedForAsLongAsThatTakes() throws SQLException {
        try (JdbcStore other = open("call-timeout=3s");
                Connection connection = other.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS slowly_schema");
            connection.setAutoCommit(false);
            other.database().dialect.lockSchema(other.database().within(connection));

            CompletableFuture<JdbcStore> opening =
                    CompletableFuture.supplyAsync(() -> open("slowly", "call-timeout=2s"));

            await().atMost(PATIENCE).until(() -> {
                try (ResultSet waiting =
                        statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'"
                                + " AND clock_timestamp() - query_start > interval '1500 milliseconds'")) {
                    waiting.next();
                    return waiting.getInt(1) > 0 || opening.isDone();
                }
            });
            assertThat(opening).isNotDone();
            connection.rollback();
            connection.setAutoCommit(true);
            opening.join().close();
        }
    }

    private static boolean sleep(Session session, String seconds) throws SQLException {
        return session.query("SELECT pg_sleep(" + seconds + ")", row -> true).get(0);
    }

    private String limit(String settings) throws SQLException {
        try (JdbcStore store = open(settings);
                Connection connection = store.database().connect();
                Statement statement = connection.createStatement();
                ResultSet shown = statement.executeQuery("SHOW statement_timeout")) {
            shown.next();
            return shown.getString(1);
        }
    }

    private JdbcStore open(String settings) {
        return open("limits", settings);
    }

    private JdbcStore open(String namespace, String settings) {
        String separator = uri.contains("?") ? "&" : "?";
        return JdbcStoreProvider.open(
                ConnectionUri.parse(uri + separator + settings), namespace, SystemTimeline.instance());
    }
}
