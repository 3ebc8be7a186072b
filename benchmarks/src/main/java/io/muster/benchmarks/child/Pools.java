package io.muster.benchmarks.child;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** The JDBC connections of peers and ceilings. */
final class Pools {
    private static final int SIZE = 20;

    private Pools() {}

    /** Twenty connections, as the measurements in the peers' own words use; batches are rewritten to multi-row inserts. */
    static HikariDataSource open(ChildSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(settings.text("jdbc"));
        config.setUsername(settings.text("user"));
        config.setPassword(settings.text("password", ""));
        config.setMaximumPoolSize(SIZE);
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        return new HikariDataSource(config);
    }
}
