package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** H2 2.x: one file, one machine. */
final class H2Dialect extends Dialect {
    private final SqlErrors errors = new SqlErrors(SqlErrors.H2);

    @Override
    String noBytes() {
        return "X''";
    }

    @Override
    String durability() {
        return "Survives kill -9 of the process with WRITE_DELAY = 0 (set in h2: addresses); the last seconds before a loss of power may be"
                + " lost.";
    }

    @Override
    String name() {
        return "h2";
    }

    @Override
    String now() {
        return "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP(6)) * 1000000 AS BIGINT)";
    }

    /** There are no shared locks on rows. */
    @Override
    String forShare() {
        return " FOR UPDATE";
    }

    @Override
    String forUpdateSkipLocked() {
        return " FOR UPDATE SKIP LOCKED";
    }

    @Override
    String knownLock() {
        return "";
    }

    @Override
    Stamp stamp(Session session) throws SQLException {
        return session.first(
                        "SELECT " + now() + ", NEXT VALUE FOR {numbers}",
                        row -> new Stamp(row.getLong(1), row.getLong(2)))
                .orElseThrow();
    }

    @Override
    List<Long> readyLanes(Session session) throws SQLException {
        List<Long> lanes = new ArrayList<>();
        long last = -1;
        while (true) {
            Optional<Long> next = session.first(
                    "SELECT ready_lane FROM {jobs} WHERE ready_lane > ? ORDER BY ready_lane, place LIMIT 1",
                    row -> row.getLong(1),
                    last);
            if (next.isEmpty()) {
                return lanes;
            }
            last = next.get();
            lanes.add(last);
        }
    }

    @Override
    SqlErrors errors() {
        return errors;
    }

    /** The row is there from the first version on; before it, statements of the first version may be repeated. */
    @Override
    void lockSchema(Session session) throws SQLException {
        session.query("SELECT version FROM {schema} FOR UPDATE", row -> row.getInt(1));
    }

    @Override
    boolean changesSchemaInTransactions() {
        return false;
    }

    @Override
    Map<String, String> driverSettings(Duration callTimeout) {
        return Map.of();
    }

    @Override
    List<String> connectionSettings(Duration callTimeout) {
        return List.of("SET LOCK_TIMEOUT 3000");
    }
}
