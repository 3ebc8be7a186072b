package io.muster.queue.jdbc;

import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Finds, lists and counts jobs. */
final class Search {
    private static final String STORED = "SELECT " + JobRow.COLUMNS
            + ", j.payload, j.pushed_at, j.due_at, j.reason, j.detail, p.incarnation, p.taken_upto, j.changed_at, j.seq"
            + " FROM {jobs} j LEFT JOIN {pools} p ON p.id = j.holder WHERE ";
    private static final int SEQ = 30;
    private static final int PLACES = -1;

    /** By indexes in which those that ended well do not stand: they may be millions, and tallies know how many there were. */
    private static final String COUNTS =
            "SELECT " + PLACES + " AS state, j.ready_lane AS lane, 0 AS runs, COUNT(*) AS jobs"
                    + " FROM {jobs} j WHERE j.ready_lane IS NOT NULL GROUP BY j.ready_lane"
                    + " UNION ALL SELECT " + JobRow.READY
                    + ", j.lane, 0, COUNT(*) FROM {jobs} j WHERE j.aside_key IS NOT NULL GROUP BY j.lane"
                    + " UNION ALL SELECT j.state, j.lane, 0, COUNT(*) FROM {jobs} j WHERE j.state = " + JobRow.DELAYED
                    + " GROUP BY j.state, j.lane"
                    + " UNION ALL SELECT j.state, j.lane, 0, COUNT(*) FROM {jobs} j WHERE j.state = " + JobRow.FAILED
                    + " GROUP BY j.state, j.lane"
                    + " UNION ALL SELECT j.state, j.lane, CASE WHEN j.token <= p.taken_upto THEN 1 ELSE 0 END, COUNT(*)"
                    + " FROM {jobs} j LEFT JOIN {pools} p ON p.id = j.holder WHERE j.holder IS NOT NULL AND j.state = "
                    + JobRow.HELD
                    + " GROUP BY j.state, j.lane, CASE WHEN j.token <= p.taken_upto THEN 1 ELSE 0 END";

    private final Session session;
    private final Lanes lanes;

    Search(Session session, Lanes lanes) {
        this.session = session;
        this.lanes = lanes;
    }

    Optional<StoredJob> find(String jobId) throws SQLException {
        return session.first(STORED + "j.id = ?", row -> JobRow.stored(row, lanes.of(session, row.getLong(2))), jobId);
    }

    JobObstacles obstacles(String jobId) throws SQLException {
        Optional<Long> lane = session.first("SELECT lane FROM {jobs} WHERE id = ?", row -> row.getLong(1), jobId);
        if (lane.isEmpty()) {
            return JobObstacles.NONE;
        }
        Optional<String> pausedBy = session.first(
                "SELECT paused_by FROM {paused} WHERE name = ?",
                row -> row.getString(1),
                Names.encoded(lanes.of(session, lane.get()).queue()));
        Optional<JobObstacles.HeldKey> held = session.first(
                "SELECT o.name, o.job FROM {jobs} j JOIN {overlaps} o ON o.name = j.overlap_key"
                        + " WHERE j.id = ? AND o.job <> j.id AND (o.ends_at IS NULL OR o.ends_at > ?)",
                row -> new JobObstacles.HeldKey(Names.keyText(row.getString(1)), row.getString(2)),
                jobId,
                session.now());
        return new JobObstacles(pausedBy, held);
    }

    /** A job and its place in the listing. */
    private record Listed(StoredJob job, long seq) {}

    JobPage list(String queue, JobState state, long after, int limit) throws SQLException {
        List<Long> wanted = lanes.ofQueue(session, queue).stream().map(Lane::id).toList();
        if (wanted.isEmpty()) {
            return new JobPage(List.of(), Optional.empty());
        }
        String which =
                switch (state) {
                    case ASSIGNED -> " AND j.token > p.taken_upto";
                    case RUNNING -> " AND j.token <= p.taken_upto";
                    default -> "";
                };
        List<Listed> found = new ArrayList<>(session.query(
                STORED + "j.lane {any} AND j.state = ? AND j.seq > ?" + which + " ORDER BY j.seq LIMIT ?",
                row -> new Listed(JobRow.stored(row, lanes.of(session, row.getLong(2))), row.getLong(SEQ)),
                wanted,
                JobRow.state(state),
                after,
                limit + 1));
        boolean more = found.size() > limit;
        List<Listed> page = more ? found.subList(0, limit) : found;
        return new JobPage(
                page.stream().map(Listed::job).toList(),
                more ? Optional.of(Long.toString(page.get(page.size() - 1).seq())) : Optional.empty());
    }

    List<QueueCounts> counts() throws SQLException {
        Map<String, Map<JobState, Long>> queues = new TreeMap<>();
        for (Lane lane : lanes.all(session)) {
            queues.putIfAbsent(lane.queue(), new EnumMap<>(JobState.class));
        }
        session.query(COUNTS, row -> {
            boolean place = row.getInt(1) == PLACES;
            long lane = place ? Lane.idOf(row.getLong(2)) : row.getLong(2);
            return queues.computeIfAbsent(lanes.of(session, lane).queue(), queue -> new EnumMap<>(JobState.class))
                    .merge(
                            JobRow.state(place ? JobRow.READY : row.getInt(1), row.getInt(3) == 1),
                            row.getLong(4),
                            Long::sum);
        });
        Set<String> paused = new HashSet<>();
        session.query("SELECT name FROM {paused}", row -> paused.add(Names.decoded(row.getString(1))));
        paused.forEach(queue -> queues.putIfAbsent(queue, new EnumMap<>(JobState.class)));
        Map<String, Long> completed = new Tallies(session).completed();
        List<QueueCounts> counts = new ArrayList<>();
        queues.forEach((queue, states) -> counts.add(new QueueCounts(
                queue,
                states.getOrDefault(JobState.DELAYED, 0L),
                states.getOrDefault(JobState.READY, 0L),
                states.getOrDefault(JobState.ASSIGNED, 0L),
                states.getOrDefault(JobState.RUNNING, 0L),
                completed.getOrDefault(queue, 0L),
                states.getOrDefault(JobState.FAILED, 0L),
                paused.contains(queue))));
        return counts;
    }
}
