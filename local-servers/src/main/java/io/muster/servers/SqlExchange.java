package io.muster.servers;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One question and one number as the answer, over a new JDBC connection; time limits stand in the URL. */
final class SqlExchange {

    private SqlExchange() {}

    static long number(String url, String user, String password, String sql) throws IOException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IOException("no answer to " + sql);
            }
            return rows.getLong(1);
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
    }
}
