package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What is particular to PostgreSQL: sessions are processes, and settings are many. */
final class PostgresServerTest {

    private static final ServerOptions OPTIONS = ServerOptions.forTests();

    @Test
    void sessionsThatWereOpenStandStillWithTheServer() throws Exception {
        LocalServer server = SharedServers.get(ServerKind.POSTGRES).orElseGet(() -> abort("no postgres here"));
        try (Connection session = connect(server, "")) {
            session.setNetworkTimeout(Runnable::run, StoredValue.LIMIT_MILLIS);

            server.freeze();

            assertThatThrownBy(() -> setting(session, "port")).hasRootCauseInstanceOf(SocketTimeoutException.class);
        } finally {
            server.thaw();
        }
        try (Connection session = connect(server, "")) {
            assertThat(setting(session, "port")).isEqualTo(Integer.toString(server.port()));
        }
    }

    @Test
    void aKillEndsTheSessionsAndLosesNothingThatWasCommitted() throws Exception {
        LocalServer server = SharedServers.get(ServerKind.POSTGRES).orElseGet(() -> abort("no postgres here"));
        try (Connection session = connect(server, "");
                Statement statement = session.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS killed (number INT)");
            statement.execute("TRUNCATE killed");
            statement.execute("INSERT INTO killed VALUES (1)");
            session.setAutoCommit(false);
            statement.execute("INSERT INTO killed VALUES (2)");

            server.kill();

            assertThatThrownBy(session::commit).isInstanceOf(SQLException.class);
        }
        server.restart();
        try (Connection session = connect(server, "");
                Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery("SELECT string_agg(number::text, ',') FROM killed")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("1");
        }
    }

    @Test
    void withAPasswordItAnswersOnlyThoseWhoKnowIt() throws Exception {
        try (LocalServer server = started(OPTIONS.withSecret("open s@me/'\"\\"))) {
            assertThat(server.uri())
                    .hasToString(
                            "postgresql://postgres:open%20s%40me%2F%27%22%5C@127.0.0.1:" + server.port() + "/postgres");
            assertThat(server.requestsReceived()).isNotNegative();

            assertThatThrownBy(() -> connect(server, "sesame").close()).isInstanceOf(SQLException.class);
            try (Connection session = connect(server, "open s@me/'\"\\")) {
                assertThat(setting(session, "password_encryption")).isEqualTo("scram-sha-256");
            }
            server.restart();
            connect(server, "open s@me/'\"\\").close();
        }
    }

    @Test
    void itIsAsDurableAsInstalledUnlessToldOtherwise() throws Exception {
        try (LocalServer server = started(OPTIONS.withExtraArguments("-c", "max_connections=17"));
                Connection session = connect(server, "")) {
            assertThat(setting(session, "fsync")).isEqualTo("on");
            assertThat(setting(session, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(session, "full_page_writes")).isEqualTo("on");
            assertThat(setting(session, "max_connections")).isEqualTo("17");
        }
        try (LocalServer server = started(OPTIONS.withDurability(Durability.MEMORY));
                Connection session = connect(server, "")) {
            assertThat(setting(session, "fsync")).isEqualTo("off");
            assertThat(setting(session, "synchronous_commit")).isEqualTo("off");
        }
    }

    @Test
    void stopDoesNotWaitForClientsToLeave() throws Exception {
        try (LocalServer server = started(OPTIONS);
                Connection session = connect(server, "")) {
            server.stop();

            assertThat(server.isRunning()).isFalse();
            assertThat(server.log()).content().contains("database system is shut down");
            assertThat(session.isValid(1)).isFalse();
        }
    }

    private static LocalServer started(ServerOptions options) {
        return LocalServer.tryStart(ServerKind.POSTGRES, options).orElseGet(() -> abort("no postgres here"));
    }

    private static Connection connect(LocalServer server, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(server.port()), "postgres", password);
    }

    private static String setting(Connection session, String name) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery("SHOW " + name)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
