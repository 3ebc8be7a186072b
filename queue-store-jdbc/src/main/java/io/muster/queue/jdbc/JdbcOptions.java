package io.muster.queue.jdbc;

import java.time.Duration;

/**
 * How a store uses its database.
 *
 * @param table name of the jobs' table; with the namespace before it and {@code _} between. The other tables begin with it
 * @param connections most connections of our own pool; without effect on a DataSource that was given
 * @param callTimeout within this each call ends
 * @param migrate whether tables are made and changed at start; else they must be there in our version
 */
public record JdbcOptions(String table, int connections, Duration callTimeout, boolean migrate) {
    public static final JdbcOptions DEFAULT = new JdbcOptions("jobs", 8, Duration.ofSeconds(5), true);

    public JdbcOptions {
        if (connections < 2) {
            throw new IllegalArgumentException("A store needs at least 2 connections, not " + connections);
        }
        if (callTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("callTimeout must be at least 1 s, not " + callTimeout);
        }
    }

    public JdbcOptions withTable(String changed) {
        return new JdbcOptions(changed, connections, callTimeout, migrate);
    }

    public JdbcOptions withConnections(int changed) {
        return new JdbcOptions(table, changed, callTimeout, migrate);
    }

    public JdbcOptions withCallTimeout(Duration changed) {
        return new JdbcOptions(table, connections, changed, migrate);
    }

    public JdbcOptions withMigrate(boolean changed) {
        return new JdbcOptions(table, connections, callTimeout, changed);
    }
}
