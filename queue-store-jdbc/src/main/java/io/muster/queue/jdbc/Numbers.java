package io.muster.queue.jdbc;

import java.sql.SQLException;

/** Numbers in order, as many as are asked for: a stamp, and another when it has no more. */
final class Numbers {
    private final Session session;
    private Stamp stamp;
    private int used;

    Numbers(Session session) throws SQLException {
        this.session = session;
        this.stamp = session.dialect.stamp(session);
    }

    /** The moment of the first stamp or of a later one, in microseconds since 1970. */
    long now() {
        return stamp.now();
    }

    long next() throws SQLException {
        if (used == Stamp.NUMBERS) {
            stamp = session.dialect.stamp(session);
            used = 0;
        }
        return stamp.number(used++);
    }
}
