package io.muster.queue.jdbc;

import io.muster.queue.store.Retention;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.TendReport;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of jobs, keys and records by the passing of time. */
final class Tending {
    private static final RowUpdate PROMOTE = new RowUpdate(
            "{jobs}",
            "state = 1",
            List.of(Column.text("id"), Column.bigint("state")),
            List.of(Column.bigint("ready_lane"), Column.bigint("place"), Column.bigint("changed_at")));
    private static final RowUpdate FAIL = new RowUpdate(
            "{jobs}",
            "state = 4, ready_lane = NULL, aside_key = NULL",
            List.of(Column.text("id"), Column.bigint("state")),
            List.of(Column.text("reason"), Column.text("detail"), Column.bigint("changed_at")));
    private static final String DUE = "SELECT " + JobRow.COLUMNS + " FROM {jobs} j WHERE j.state = 0 AND j.due_at <= ?";
    private static final String EARLIEST = " ORDER BY j.state, j.due_at, j.seq LIMIT ?";
    private static final int MOST_UNSERVED = 500;

    /** So many at once by who reserves. */
    static final int MOST_PROMOTED = 1000;

    private final Session session;
    private final Lanes lanes;
    private final Numbers numbers;

    Tending(Session session, Lanes lanes) throws SQLException {
        this.session = session;
        this.lanes = lanes;
        this.numbers = new Numbers(session);
    }

    TendReport tend(Retention retention, int limit) throws SQLException {
        endKeys(limit);
        JdbcLimitDesk.forget(session, numbers.now(), limit);
        new Incarnations(session).forget(numbers.now(), limit);
        int promoted = promote(session.query(DUE + EARLIEST, JobRow::read, numbers.now(), limit));
        int forgotten = forget(JobRow.COMPLETED, retention.completed(), limit);
        forgotten += forget(JobRow.DISCARDED, retention.completed(), limit - forgotten);
        forgotten += forget(JobRow.FAILED, retention.failed(), limit);
        return new TendReport(promoted, forgotten, nextDue());
    }

    /** Due jobs of these queues are ready, whoever else makes jobs ready at the same time. */
    int promoteOf(List<String> queues, int limit) throws SQLException {
        List<Long> wanted = lanes.all(session).stream()
                .filter(lane -> queues.contains(lane.queue()))
                .map(Lane::id)
                .toList();
        return wanted.isEmpty()
                ? 0
                : promote(session.query(
                        DUE + " AND j.lane {any}" + EARLIEST + session.dialect.forUpdateSkipLocked(),
                        JobRow::read,
                        numbers.now(),
                        wanted,
                        limit));
    }

    /** Makes due jobs ready, the earliest due first. */
    private int promote(List<JobRow> due) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (JobRow job : due) {
            rows.add(RowUpdate.values(
                    job.id(),
                    (long) JobRow.DELAYED,
                    lanes.of(session, job.lane()).ready(job.counters()),
                    numbers.next(),
                    numbers.now()));
        }
        return rows.isEmpty() ? 0 : count(session.dialect.update(session, PROMOTE, rows));
    }

    /** Fails ready jobs that nobody could run for so long; answers how many. */
    int failUnserved(Set<String> served, Duration longest) throws SQLException {
        Set<String> paused = new HashSet<>();
        session.query("SELECT name FROM {paused}", row -> paused.add(Names.decoded(row.getString(1))));
        long before = numbers.now() - Math.min(numbers.now(), Moments.micros(longest));
        List<JobRow> failed = new ArrayList<>();
        for (Lane lane : lanes.all(session)) {
            if (!paused.contains(lane.queue()) && !served.contains(lane.type()) && failed.size() < MOST_UNSERVED) {
                failed.addAll(failOf(lane, before, MOST_UNSERVED - failed.size()));
            }
        }
        Batches batches = new Batches(session);
        batches.lockOf(failed);
        new UniqueKeys(session).free(failed);
        new StoreFailures(session, lanes, batches, numbers.now()).tell(failed, StoredJob.UNSERVED);
        return failed.size();
    }

    private List<JobRow> failOf(Lane lane, long before, int limit) throws SQLException {
        List<JobRow> jobs = new ArrayList<>(session.query(
                "SELECT " + JobRow.COLUMNS + " FROM {jobs} j WHERE j.ready_lane {any} AND j.changed_at < ? LIMIT ?",
                JobRow::read,
                lane.readies(),
                before,
                limit));
        if (jobs.isEmpty()) {
            return jobs;
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (JobRow job : jobs) {
            rows.add(RowUpdate.values(
                    job.id(), (long) JobRow.READY, StoredJob.UNSERVED, "Type " + lane.type(), numbers.now()));
        }
        boolean[] failed = session.dialect.update(session, FAIL, rows);
        List<JobRow> done = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < failed.length; i++) {
            if (failed[i]) {
                done.add(jobs.get(i));
                Optional.ofNullable(jobs.get(i).overlapKey()).ifPresent(keys::add);
            }
        }
        OverlapKeys overlaps = new OverlapKeys(session, lanes);
        keys.removeAll(overlaps.held(keys, numbers.now()));
        for (String free : keys) {
            overlaps.bringBack(free);
        }
        return done;
    }

    private void endKeys(int limit) throws SQLException {
        List<String> unique = session.query(
                "SELECT name FROM {uniques} WHERE ends_at <= ? ORDER BY ends_at LIMIT ?",
                row -> row.getString(1),
                numbers.now(),
                limit);
        if (!unique.isEmpty()) {
            session.update("DELETE FROM {uniques} WHERE name {any} AND ends_at <= ?", unique, numbers.now());
        }
        Collection<String> overlap = session.query(
                "SELECT name FROM {overlaps} WHERE ends_at <= ? ORDER BY ends_at LIMIT ?",
                row -> row.getString(1),
                numbers.now(),
                limit);
        new OverlapKeys(session, lanes).held(overlap, numbers.now());
    }

    private int forget(int state, Duration kept, int limit) throws SQLException {
        if (limit <= 0) {
            return 0;
        }
        long before = numbers.now() - Math.min(numbers.now(), Moments.micros(kept));
        List<String> old = session.query(
                "SELECT id FROM {jobs} WHERE state = " + state
                        + " AND changed_at <= ? AND holder IS NULL ORDER BY state, changed_at LIMIT ?",
                row -> row.getString(1),
                before,
                limit);
        return old.isEmpty() ? 0 : session.update("DELETE FROM {jobs} WHERE id {any} AND state = " + state, old);
    }

    private Optional<Instant> nextDue() throws SQLException {
        return session.first(
                "SELECT due_at FROM {jobs} WHERE state = 0 AND due_at IS NOT NULL ORDER BY state, due_at LIMIT 1",
                row -> Moments.instant(row.getLong(1)));
    }

    private static int count(boolean[] changed) {
        int count = 0;
        for (boolean one : changed) {
            count += one ? 1 : 0;
        }
        return count;
    }
}
