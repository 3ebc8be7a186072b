package io.muster.queue.jdbc;

import io.muster.cluster.ClusterConfigurationException;
import java.util.List;
import java.util.stream.Collectors;

/** The schema as SQL, for who applies it by hand: the store is opened with {@code migrate=false} then. */
public final class SchemaSql {
    private SchemaSql() {}

    /**
     * All statements that an empty database needs, each ended by a semicolon.
     *
     * @param database {@code postgresql}, {@code mysql}, {@code mariadb} or {@code h2}
     * @param namespace of the queue
     * @param table name of the jobs' table, {@code jobs} by default
     * @throws ClusterConfigurationException the database is none of these, or no table can be named so
     */
    public static String of(String database, String namespace, String table) {
        List<String> statements = Schema.statements(Dialects.named(database), Tables.of(namespace, table));
        return statements.stream().map(statement -> statement + ";\n").collect(Collectors.joining("\n"));
    }
}
