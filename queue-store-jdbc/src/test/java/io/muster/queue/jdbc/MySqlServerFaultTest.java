package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.servers.ServerKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** As for the contract: in the full run. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class MySqlServerFaultTest extends MariaDbServerFaultTest {
    @Override
    ServerKind kind() {
        return ServerKind.MYSQL;
    }

    /** The way to the server is loopback, and without TLS. */
    @Override
    String driverSettings() {
        return "?allowPublicKeyRetrieval=true";
    }

    /** Of an account that never logged in since the server started: of others it knows a digest of the password. */
    @Test
    @Tag("F4")
    void aPasswordIsNotGivenToAServerThatNobodyVouchesForAndTheErrorSaysWhatToDo() throws SQLException {
        try (Connection connection = connect();
                Statement administrator = connection.createStatement()) {
            administrator.execute("CREATE USER fresh@'127.0.0.1' IDENTIFIED BY '" + SECRET + "'");
            administrator.execute("GRANT ALL ON muster.* TO fresh@'127.0.0.1'");
            String address = uri().replaceFirst("//[a-z]+:", "//fresh:");

            assertThatThrownBy(() -> openAt(address))
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageContaining("sslMode=verify-full")
                    .hasMessageContaining("allowPublicKeyRetrieval=true")
                    .hasMessageNotContaining(SECRET);
            openAt(address + driverSettings()).close();
        }
    }
}
