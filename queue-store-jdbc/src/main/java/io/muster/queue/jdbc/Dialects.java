package io.muster.queue.jdbc;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/** Finds the dialect of a database. */
final class Dialects {
    private Dialects() {}

    /** By the product's name, as its driver says it. */
    static Dialect of(DataSource source) {
        try (Connection connection = source.getConnection()) {
            return named(connection.getMetaData().getDatabaseProductName());
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** A source whose connections are as we need them. */
    static DataSource suitable(DataSource source) {
        try {
            return GivenConnections.of(source);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static StoreUnavailableException unavailable(SQLException e) {
        return new StoreUnavailableException("The given DataSource gives no connection: " + e.getMessage(), e);
    }

    /** {@code name} is a product's name or the first part of a JDBC URL. */
    static Dialect named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "postgresql", "postgres" -> new PostgresDialect();
            case "mysql", "mariadb" -> new MySqlDialect();
            case "h2" -> new H2Dialect();
            default ->
                throw new ClusterConfigurationException("Jobs can be kept in PostgreSQL, MySQL, MariaDB and H2, not in "
                        + name + ". Choose one of them.");
        };
    }
}
