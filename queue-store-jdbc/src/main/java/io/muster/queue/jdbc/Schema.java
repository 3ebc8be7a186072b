package io.muster.queue.jdbc;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.queue.jdbc.SqlErrors.Meaning;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables in versions. A table of its own says which version a database has; a newer one than ours is refused, an older one is
 * raised step by step, by one process at a time.
 */
final class Schema {
    /** The version that this Muster works with. */
    static final int VERSION = 5;

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    /** Where a table cannot be made within a transaction each statement waits for the disk several times. */
    private static final Duration RAISING = Duration.ofMinutes(1);

    private static final String VERSION_TABLE = "CREATE TABLE IF NOT EXISTS {schema} (version integer NOT NULL)";

    private final Database database;

    Schema(Database database) {
        this.database = database;
    }

    /** The statements of all versions up to ours, for who applies them by hand. */
    static List<String> statements(Dialect dialect, Tables tables) {
        List<String> all = new ArrayList<>();
        all.add(tables.in(VERSION_TABLE));
        for (int version = 1; version <= VERSION; version++) {
            all.addAll(statementsOf(dialect, version).stream().map(tables::in).toList());
        }
        all.add(tables.in("INSERT INTO {schema} (version) VALUES (" + VERSION + ")"));
        return all;
    }

    /**
     * Makes sure the database has our version.
     *
     * @param migrate whether an older one, or none, may be raised
     * @throws ClusterConfigurationException it has another one, and that cannot be changed here
     */
    void require(boolean migrate) {
        OptionalInt found = find();
        if (found.isPresent() && found.getAsInt() == VERSION) {
            return;
        }
        if (found.isPresent() && found.getAsInt() > VERSION) {
            throw new ClusterConfigurationException(
                    "The schema of " + database.tables.jobs() + " in " + database.shown()
                            + " has version " + found.getAsInt() + ", this Muster works with " + VERSION
                            + ". Take a newer Muster, or other tables by the setting table.");
        }
        if (!migrate) {
            throw new ClusterConfigurationException(
                    "The schema of " + database.tables.jobs() + " in " + database.shown()
                            + (found.isPresent() ? " has version " + found.getAsInt() : " is not there")
                            + ", this Muster works with " + VERSION
                            + ". Apply what \"./muster schema\" prints, or allow it with migrate=true.");
        }
        migrate();
    }

    /** The version that the database has; empty if it has none of our tables. */
    private OptionalInt find() {
        return database.transaction("read the schema's version", session -> {
            try {
                return session.query("SELECT version FROM {schema}", row -> row.getInt(1)).stream()
                        .mapToInt(Integer::intValue)
                        .max();
            } catch (SQLException e) {
                if (database.dialect.errors().meaning(e) == Meaning.OTHER) {
                    return OptionalInt.empty();
                }
                throw e;
            }
        });
    }

    private void migrate() {
        database.longTransaction("raise the schema", RAISING, session -> {
            if (!database.dialect.changesSchemaInTransactions()) {
                run(session.connection, session.tables.in(VERSION_TABLE));
            }
            database.dialect.lockSchema(session);
            run(session.connection, session.tables.in(VERSION_TABLE));
            int from = session.query("SELECT version FROM {schema}", row -> row.getInt(1)).stream()
                    .mapToInt(Integer::intValue)
                    .max()
                    .orElse(0);
            for (int version = from + 1; version <= VERSION; version++) {
                for (String statement : statementsOf(database.dialect, version)) {
                    run(session.connection, session.tables.in(statement));
                }
                LOG.info(
                        "Raised the schema table={} database={} version={}",
                        database.tables.jobs(),
                        database.shown(),
                        version);
            }
            if (from < VERSION) {
                session.update("DELETE FROM {schema}");
                session.update("INSERT INTO {schema} (version) VALUES (?)", VERSION);
            }
            return true;
        });
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> statementsOf(Dialect dialect, int version) {
        String name = dialect.name() + "/V" + version + ".sql";
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("Missing in our jar: " + name);
            }
            StringBuilder text = new StringBuilder();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .forEach(line -> text.append(line).append('\n'));
            return Arrays.stream(text.toString().split(";", -1))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
