package io.muster.queue.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads one row of a result. */
@FunctionalInterface
interface Row<T> {
    T read(ResultSet row) throws SQLException;
}
