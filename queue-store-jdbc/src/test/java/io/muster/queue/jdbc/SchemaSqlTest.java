package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaSqlTest {
    @TempDir
    Path directory;

    @Test
    @Tag("Q2")
    void whatIsPrintedMakesADatabaseThatNeedsNoMigration() throws SQLException {
        String file = directory.resolve("jobs").toString();
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + file);
                Statement statement = connection.createStatement()) {
            for (String one : SchemaSql.of("h2", "shop", "work").split(";", -1)) {
                if (!one.isBlank()) {
                    statement.execute(one);
                }
            }
        }

        assertThatCode(() -> open("h2:" + file + "?migrate=false&table=work").close())
                .doesNotThrowAnyException();
    }

    @Test
    @Tag("Q2")
    void tablesAreNamedAfterNamespaceAndTable() {
        assertThat(SchemaSql.of("postgresql", "Shop-1", "work")).contains("CREATE TABLE shop_1_work (");
    }

    @Test
    @Tag("Q2")
    void anUnknownDatabaseAndABadNameAreRefused() {
        assertThatThrownBy(() -> SchemaSql.of("oracle", "shop", "jobs"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("oracle");
        assertThatThrownBy(() -> SchemaSql.of("h2", "shop", "x; drop table y"))
                .isInstanceOf(ClusterConfigurationException.class);
    }

    private static JdbcStore open(String uri) {
        return JdbcStoreProvider.open(ConnectionUri.parse(uri), "shop", SystemTimeline.instance());
    }
}
