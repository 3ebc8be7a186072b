package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Removes what waits in a queue. What somebody else is about to change is left to the next call. */
final class Clearing {
    private static final String JOBS = "SELECT " + JobRow.COLUMNS + " FROM {jobs} j WHERE ";

    private final Session session;
    private final Lanes lanes;

    Clearing(Session session, Lanes lanes) {
        this.session = session;
        this.lanes = lanes;
    }

    int clear(String queue, int limit) throws SQLException {
        List<Lane> wanted = lanes.ofQueue(session, queue);
        if (wanted.isEmpty() || limit <= 0) {
            return 0;
        }
        List<Long> ids = wanted.stream().map(Lane::id).toList();
        List<Long> readies =
                wanted.stream().flatMap(lane -> lane.readies().stream()).toList();
        List<JobRow> waiting = new ArrayList<>(locked("j.ready_lane {any}", readies, limit));
        waiting.addAll(locked("j.state = 0 AND j.lane {any}", ids, limit - waiting.size()));
        waiting.addAll(locked("j.aside_key IS NOT NULL AND j.lane {any}", ids, limit - waiting.size()));
        if (waiting.isEmpty()) {
            return 0;
        }
        new UniqueKeys(session).free(waiting);
        return session.update(
                "DELETE FROM {jobs} WHERE id {any}",
                waiting.stream().map(JobRow::id).toList());
    }

    private List<JobRow> locked(String which, List<Long> of, int limit) throws SQLException {
        return limit <= 0
                ? List.of()
                : session.query(
                        JOBS + which + " LIMIT ?" + session.dialect.forUpdateSkipLocked(), JobRow::read, of, limit);
    }
}
