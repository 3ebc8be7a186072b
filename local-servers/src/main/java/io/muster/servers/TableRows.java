package io.muster.servers;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How many rows the tables of a SQL database have, without those of the database itself. Over a new JDBC connection. */
public final class TableRows {

    private static final Set<String> OWN_SCHEMAS =
            Set.of("information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys");

    private record Table(String schema, String name) {}

    private TableRows() {}

    /** The rows of each table, by its name in small letters. */
    public static Map<String, Long> of(String url, String user, String password) throws IOException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            Map<String, Long> rows = new TreeMap<>();
            for (Table table : tables(connection)) {
                String quote = connection.getMetaData().getIdentifierQuoteString();
                String name = quote + table.schema() + quote + "." + quote + table.name() + quote;
                try (ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM " + name)) {
                    count.next();
                    rows.put(table.name().toLowerCase(Locale.ROOT), count.getLong(1));
                }
            }
            return rows;
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
    }

    /** Some databases call the outer name a catalog, others a schema. */
    private static List<Table> tables(Connection connection) throws SQLException {
        List<Table> tables = new ArrayList<>();
        try (ResultSet found =
                connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE", "BASE TABLE"})) {
            while (found.next()) {
                String schema = found.getString("TABLE_SCHEM");
                String outer = schema == null ? found.getString("TABLE_CAT") : schema;
                if (!OWN_SCHEMAS.contains(outer.toLowerCase(Locale.ROOT))) {
                    tables.add(new Table(outer, found.getString("TABLE_NAME")));
                }
            }
        }
        return tables;
    }
}
