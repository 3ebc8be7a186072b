package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What is particular to MariaDB: accounts, and settings. */
final class MariaDbServerTest {

    private static final ServerOptions OPTIONS = ServerOptions.forTests();
    private static final String FLUSH = "innodb_flush_log_at_trx_commit";

    @Test
    void withAPasswordItAnswersOnlyThoseWhoKnowItAlsoAfterARestart() throws Exception {
        String secret = "open s@me/'\"\\";
        try (LocalServer server = started(OPTIONS.withSecret(secret))) {
            assertThat(server.uri())
                    .hasToString("mariadb://root:open%20s%40me%2F%27%22%5C@127.0.0.1:" + server.port() + "/muster");
            assertThat(server.requestsReceived()).isPositive();

            server.restart();

            for (String wrong : new String[] {"", "sesame"}) {
                assertThatThrownBy(() -> connect(server, wrong).close()).isInstanceOf(SQLException.class);
            }
            connect(server, secret).close();
        }
    }

    @Test
    void itIsAsDurableAsInstalledUnlessToldOtherwise() throws Exception {
        try (LocalServer server = started(OPTIONS.withExtraArguments("--max-connections=17"));
                Connection session = connect(server, "")) {
            assertThat(setting(session, FLUSH)).isEqualTo("1");
            assertThat(setting(session, "max_connections")).isEqualTo("17");
        }
        try (LocalServer server = started(OPTIONS.withDurability(Durability.MEMORY));
                Connection session = connect(server, "")) {
            assertThat(setting(session, FLUSH)).isEqualTo("0");
        }
    }

    private static LocalServer started(ServerOptions options) {
        return LocalServer.tryStart(ServerKind.MARIADB, options).orElseGet(() -> abort("no mariadb here"));
    }

    private static Connection connect(LocalServer server, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mariadb://127.0.0.1:%d/muster".formatted(server.port()), "root", password);
    }

    private static String setting(Connection session, String name) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@" + name)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
