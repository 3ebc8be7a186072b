package io.muster.queue.jdbc;

import io.muster.queue.store.BatchEnds;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes what waits in a queue, and tells batches. What somebody else is about to change is left to the next call. */
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
        Batches batches = new Batches(session);
        batches.lockOf(waiting);
        new UniqueKeys(session).free(waiting);
        int cleared = session.update(
                "DELETE FROM {jobs} WHERE id {any}",
                waiting.stream().map(JobRow::id).toList());
        Map<String, BatchEnds> ends = new HashMap<>();
        for (JobRow job : waiting) {
            if (job.batch() != null) {
                ends.merge(job.batch(), BatchEnds.cleared(job.links()), BatchEnds::and);
            }
        }
        batches.ended(ends, session.now());
        new FollowUps(session, lanes, batches).push(batches.write(), Set.of());
        return cleared;
    }

    private List<JobRow> locked(String which, List<Long> of, int limit) throws SQLException {
        return limit <= 0
                ? List.of()
                : session.query(
                        JOBS + which + " LIMIT ?" + session.dialect.forUpdateSkipLocked(), JobRow::read, of, limit);
    }
}
