package io.muster.queue.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What a pool of an incarnation holds.
 *
 * @param takenUpTo its jobs up to this token run, those above are assigned
 */
record Pool(long id, String incarnation, String pool, long takenUpTo, int untaken, int running) {
    static final String COLUMNS = "p.id, p.name, p.taken_upto, p.untaken, p.running";

    static Pool read(ResultSet row) throws SQLException {
        String[] parts = row.getString(2).split("/", -1);
        return new Pool(
                row.getLong(1),
                Names.decoded(parts[0]),
                Names.decoded(parts[parts.length - 1]),
                row.getLong(3),
                row.getInt(4),
                row.getInt(5));
    }

    int held() {
        return untaken + running;
    }

    static String name(String incarnation, String pool) {
        return Names.encoded(incarnation) + "/" + Names.encoded(pool);
    }
}
