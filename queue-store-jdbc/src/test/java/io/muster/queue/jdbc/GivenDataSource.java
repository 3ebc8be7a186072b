package io.muster.queue.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.LocalServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** A pool as an application has it, with the driver's own settings, which none of our connections have. */
final class GivenDataSource implements AutoCloseable {
    private final HikariDataSource pool;

    private GivenDataSource(HikariDataSource pool) {
        this.pool = pool;
    }

    /** @param url as drivers want it */
    static GivenDataSource at(String url, boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setAutoCommit(autoCommit);
        config.setMaximumPoolSize(16);
        config.setConnectionTimeout(5000);
        return new GivenDataSource(new HikariDataSource(config));
    }

    static GivenDataSource at(LocalServer server, boolean autoCommit) {
        return at("jdbc:" + server.uri().toString().replaceFirst("//([a-z]+)@(.*)", "//$2?user=$1"), autoCommit);
    }

    /** In a file of its own. */
    static GivenDataSource h2(Path file, boolean autoCommit) {
        return at("jdbc:h2:file:" + file + ";WRITE_DELAY=0", autoCommit);
    }

    JdbcStore open(String namespace) {
        return JdbcStore.on(pool, namespace, JdbcOptions.DEFAULT, SystemTimeline.instance());
    }

    /** Stores of one namespace on this pool, and the end of it. */
    StoreEnvironment environment(String namespace) {
        return new JdbcEnvironment(() -> open(namespace)) {
            @Override
            public void close() {
                super.close();
                GivenDataSource.this.close();
            }
        };
    }

    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    int borrowed() {
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    @Override
    public void close() {
        pool.close();
    }
}
