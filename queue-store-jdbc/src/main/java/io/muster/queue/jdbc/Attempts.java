package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** What ends with an attempt besides it: its overlap key, its being the node's one suspect, its place in the pool's figures. */
final class Attempts {
    private final Session session;
    private final OverlapKeys overlaps;

    Attempts(Session session, Lanes lanes) {
        this.session = session;
        this.overlaps = new OverlapKeys(session, lanes);
    }

    /** To be called after the jobs were written, with their rows as they were before. */
    void ended(Collection<JobRow> attempts) throws SQLException {
        overlaps.freeOf(attempts);
        List<String> suspects = attempts.stream()
                .filter(job -> job.counters().isSuspect())
                .map(JobRow::id)
                .toList();
        if (!suspects.isEmpty()) {
            session.update("DELETE FROM {suspects} WHERE job {any}", suspects);
        }
    }

    /** Takes ended attempts, which were running or not, out of the figures of their pools. */
    void leavePools(Collection<JobRow> attempts, boolean running) throws SQLException {
        TreeMap<Long, int[]> figures = new TreeMap<>();
        for (JobRow job : attempts) {
            if (job.holder() != null) {
                figures.computeIfAbsent(job.holder(), pool -> new int[2])[running ? 1 : 0]--;
            }
        }
        new Pools(session).add(figures);
    }
}
