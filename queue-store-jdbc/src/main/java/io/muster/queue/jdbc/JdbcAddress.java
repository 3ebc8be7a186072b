package io.muster.queue.jdbc;

import com.zaxxer.hikari.HikariConfig;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where a database is, read from {@code postgresql://user:password@host/database}, {@code mysql://…}, {@code mariadb://…},
 * {@code h2:path/of/file} or {@code jdbc:…}. Settings that are not ours go to the driver.
 */
final class JdbcAddress {
    static final Set<String> SCHEMES = Set.of("postgresql", "postgres", "mysql", "mariadb", "h2", "jdbc");

    private static final String TABLE = "table";
    private static final String CONNECTIONS = "connections";
    private static final String CALL_TIMEOUT = "call-timeout";
    private static final String MIGRATE = "migrate";
    private static final Set<String> OURS = Set.of(TABLE, CONNECTIONS, CALL_TIMEOUT, MIGRATE);

    private final ConnectionUri uri;
    private final String url;
    private final Dialect dialect;
    private final JdbcOptions options;

    JdbcAddress(ConnectionUri uri) {
        this.uri = uri;
        this.options = options(uri);
        this.url = url(uri);
        this.dialect = Dialects.named(url.split(":", 3)[1]);
    }

    Dialect dialect() {
        return dialect;
    }

    JdbcOptions options() {
        return options;
    }

    /** For people: without user, password and the driver's settings. */
    String shown() {
        return url.replaceAll("//[^/@]*@", "//").replaceAll("[?;].*", "");
    }

    /** What our own pool connects with. */
    HikariConfig pool() {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("muster-" + dialect.name());
        pool.setJdbcUrl(url);
        uri.user().ifPresent(pool::setUsername);
        uri.password().ifPresent(pool::setPassword);
        driverSettings().forEach(pool::addDataSourceProperty);
        pool.setMaximumPoolSize(options.connections());
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(options.callTimeout().toMillis());
        pool.setValidationTimeout(
                Math.min(options.callTimeout().toMillis(), Duration.ofSeconds(3).toMillis()));
        pool.setInitializationFailTimeout(options.callTimeout().toMillis());
        pool.setExceptionOverride(new FailedConnections(dialect.errors()));
        List<String> settings = dialect.connectionSettings(options.callTimeout());
        if (!settings.isEmpty()) {
            pool.setConnectionInitSql(dialect.initSql(settings));
        }
        return pool;
    }

    /**
     * Connects once, without a pool that would try again and again.
     *
     * @throws SQLException what the driver says
     */
    void tryOnce() throws SQLException {
        Properties properties = new Properties();
        properties.putAll(driverSettings());
        uri.user().ifPresent(user -> properties.setProperty("user", user));
        uri.password().ifPresent(password -> properties.setProperty("password", password));
        DriverManager.getConnection(url, properties).close();
    }

    private Map<String, String> driverSettings() {
        Map<String, String> settings = new HashMap<>(dialect.driverSettings(options.callTimeout()));
        if (!dialect.name().equals("h2")) {
            uri.without(OURS).settings().forEach(settings::put);
        }
        return new TreeMap<>(settings);
    }

    private static String url(ConnectionUri uri) {
        return switch (uri.scheme()) {
            case "jdbc" -> "jdbc:" + uri.path();
            case "h2" -> h2(uri);
            case "postgresql", "postgres" -> "jdbc:postgresql://" + hosts(uri) + "/" + uri.path();
            default -> "jdbc:mariadb://" + hosts(uri) + "/" + uri.path();
        };
    }

    private static String hosts(ConnectionUri uri) {
        if (uri.hosts().isEmpty() || uri.path().isEmpty()) {
            throw new ClusterConfigurationException("A database's address reads " + uri.scheme()
                    + "://user:password@host/database; this one has no host or no database");
        }
        return uri.hosts().stream().map(ConnectionUri.Host::toString).collect(Collectors.joining(","));
    }

    /**
     * One file; further processes of this machine reach it through the first one that opened it. Without WRITE_DELAY=0 a killed
     * process would lose what it committed in its last half second.
     */
    private static String h2(ConnectionUri uri) {
        String file = uri.file();
        if (file.isEmpty() || !uri.hosts().isEmpty()) {
            throw new ClusterConfigurationException(
                    "An H2 database is a file of this machine: write h2:data/jobs or h2:/var/lib/app/jobs");
        }
        if (file.startsWith("mem:")) {
            return "jdbc:h2:" + file + ";DB_CLOSE_DELAY=-1";
        }
        String absolute = Path.of(file).toAbsolutePath().normalize().toString();
        Map<String, String> settings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        settings.put("AUTO_SERVER", "TRUE");
        settings.put("WRITE_DELAY", "0");
        settings.putAll(uri.without(OURS).settings());
        String more = settings.entrySet().stream()
                .map(setting -> ";" + setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining());
        return "jdbc:h2:file:" + absolute + more;
    }

    private static JdbcOptions options(ConnectionUri uri) {
        JdbcOptions options = JdbcOptions.DEFAULT;
        try {
            Optional<String> table = uri.setting(TABLE);
            options = table.isPresent() ? options.withTable(table.get()) : options;
            Optional<String> connections = uri.setting(CONNECTIONS);
            options = connections.isPresent() ? options.withConnections(Integer.parseInt(connections.get())) : options;
            Optional<Duration> timeout = uri.duration(CALL_TIMEOUT);
            options = timeout.isPresent() ? options.withCallTimeout(timeout.get()) : options;
            Optional<String> migrate = uri.setting(MIGRATE);
            return migrate.isPresent() ? options.withMigrate(yes(migrate.get())) : options;
        } catch (IllegalArgumentException e) {
            throw new ClusterConfigurationException("A setting of " + uri + " is not right: " + e.getMessage(), e);
        }
    }

    private static boolean yes(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException(MIGRATE + " is true or false, not " + text);
    }
}
