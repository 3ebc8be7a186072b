package io.muster.queue.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.Timeline;
import io.muster.queue.jdbc.SqlErrors.Meaning;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreProvider;
import io.muster.queue.store.StoreUnavailableException;
import java.sql.SQLException;
import java.util.Set;

/**
 * Opens {@code postgresql://user:password@host/database}, {@code mysql://…}, {@code mariadb://…}, {@code h2:file} and
 * {@code jdbc:…}, with a pool of its own. Settings: {@code table} (jobs), {@code connections} (8), {@code call-timeout} (5s),
 * {@code migrate} (true); all others are the driver's.
 */
public final class JdbcStoreProvider implements StoreProvider {
    /** What DriverManager says if no driver takes a URL. */
    private static final String NO_DRIVER = "08001";
    /** What MariaDB's driver says if it would have to ask a MySQL server for the key that encrypts the password. */
    private static final String NO_KEY = "RSA public key is not available";

    /** Called by the service loader. */
    public JdbcStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return JdbcAddress.SCHEMES;
    }

    @Override
    public JobStore open(ConnectionUri uri, Surroundings surroundings) {
        return open(uri, surroundings.namespace(), surroundings.timeline());
    }

    static JdbcStore open(ConnectionUri uri, String namespace, Timeline timeline) {
        JdbcAddress address = new JdbcAddress(uri);
        HikariDataSource pool = connect(address);
        try {
            return JdbcStore.open(
                    pool,
                    pool,
                    address.dialect(),
                    namespace,
                    address.options(),
                    address.dialect().statementLimit(address.options().callTimeout()),
                    timeline,
                    address.shown());
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static HikariDataSource connect(JdbcAddress address) {
        try {
            address.tryOnce();
            return new HikariDataSource(address.pool());
        } catch (SQLException e) {
            throw refused(address, e);
        } catch (PoolInitializationException e) {
            throw new StoreUnavailableException("Could not connect to " + address.shown() + ": " + text(e), e);
        }
    }

    private static RuntimeException refused(JdbcAddress address, SQLException e) {
        Meaning meaning = address.dialect().errors().meaning(e);
        if (meaning == Meaning.WRONG_PASSWORD) {
            return new ClusterConfigurationException(
                    address.shown() + " refuses user or password: " + text(e) + ". Correct them in muster.store.");
        }
        if (text(e).contains(NO_KEY)) {
            return new ClusterConfigurationException(
                    address.shown()
                            + " takes a password only encrypted (caching_sha2_password), and nothing vouches for its key."
                            + " Add to muster.store either sslMode=verify-full, or serverRsaPublicKeyFile with the server's public"
                            + " key; or allowPublicKeyRetrieval=true, which trusts whoever answers at that address with the password.");
        }
        if (NO_DRIVER.equals(e.getSQLState()) && String.valueOf(e.getMessage()).startsWith("No suitable driver")) {
            return new ClusterConfigurationException("No driver for " + address.shown()
                    + " is on the class path. Add org.postgresql:postgresql, org.mariadb.jdbc:mariadb-java-client or"
                    + " com.h2database:h2, whichever is meant.");
        }
        return new StoreUnavailableException("Could not connect to " + address.shown() + ": " + text(e), e);
    }

    private static String text(Exception e) {
        Throwable cause = e instanceof SQLException || e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
