package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Rows of overlap keys, and the jobs set aside until one is free. Who sets a job aside holds the key's row until commit, so that who
 * frees the key afterwards sees it. M3
 */
final class OverlapKeys {
    private static final List<Column> COLUMNS =
            List.of(Column.text("name"), Column.text("job"), Column.bigint("token"), Column.bigint("ends_at"));
    private static final RowUpdate BACK = new RowUpdate(
            "{jobs}",
            "aside_key = NULL",
            List.of(Column.text("id"), Column.text("aside_key")),
            List.of(Column.bigint("ready_lane")));
    private static final RowUpdate ASIDE = new RowUpdate(
            "{jobs}",
            "ready_lane = NULL",
            List.of(Column.text("id"), Column.bigint("ready_lane")),
            List.of(Column.text("aside_key")));

    private final Session session;
    private final Lanes lanes;

    OverlapKeys(Session session, Lanes lanes) {
        this.session = session;
        this.lanes = lanes;
    }

    /** Which of the keys are held, and stay so until this transaction ends. Those whose time is over are freed. */
    Set<String> held(Collection<String> names, long now) throws SQLException {
        Set<String> held = new HashSet<>();
        if (names.isEmpty()) {
            return held;
        }
        List<String> over = new ArrayList<>();
        session.query(
                "SELECT name, ends_at FROM {overlaps} WHERE name {any} ORDER BY name FOR UPDATE",
                row -> {
                    Long endsAt = JobRow.number(row, 2);
                    boolean ended = endsAt != null && endsAt <= now;
                    return ended ? over.add(row.getString(1)) : held.add(row.getString(1));
                },
                new TreeSet<>(names));
        free(over);
        return held;
    }

    /** Sets ready jobs aside, each until its key is free. */
    void setAside(Collection<JobRow> jobs) throws SQLException {
        List<@Nullable Object[]> rows = jobs.stream()
                .map(job -> RowUpdate.values(job.id(), job.readyLane(), job.overlapKey()))
                .toList();
        session.dialect.update(session, ASIDE, rows);
    }

    /** Holds the keys of jobs under their new tokens; answers the ids of those whose key is another's. */
    Set<String> hold(List<JobRow> jobs, List<Long> tokens, long now) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            JobRow job = jobs.get(i);
            if (job.overlapKey() != null) {
                Long lasts = job.overlapMicros();
                Long endsAt = lasts == null ? null : Moments.after(now, lasts);
                rows.add(RowUpdate.values(job.overlapKey(), job.id(), tokens.get(i), endsAt));
                ids.add(job.id());
            }
        }
        Set<String> refused = new HashSet<>();
        if (!rows.isEmpty()) {
            boolean[] held = session.dialect.insertAbsent(session, "{overlaps}", COLUMNS, rows);
            for (int i = 0; i < held.length; i++) {
                if (!held[i]) {
                    refused.add(ids.get(i));
                }
            }
        }
        return refused;
    }

    /** Frees the keys that these attempts hold, and brings back who waits for them. */
    void freeOf(Collection<JobRow> attempts) throws SQLException {
        Set<String> names = new TreeSet<>();
        List<Long> tokens = new ArrayList<>();
        for (JobRow job : attempts) {
            if (job.overlapKey() != null && job.token() != null) {
                names.add(job.overlapKey());
                tokens.add(job.token());
            }
        }
        if (!names.isEmpty()) {
            free(session.query(
                    "SELECT name FROM {overlaps} WHERE name {any} AND token {any} ORDER BY name FOR UPDATE",
                    row -> row.getString(1),
                    names,
                    tokens));
        }
    }

    /** Frees keys, which this transaction has locked. */
    void free(Collection<String> names) throws SQLException {
        if (names.isEmpty()) {
            return;
        }
        session.update("DELETE FROM {overlaps} WHERE name {any}", names);
        for (String name : names) {
            bringBack(name);
        }
    }

    /** The first of each lane that waits for the key is ready again. */
    void bringBack(String name) throws SQLException {
        long lane = -1;
        List<@Nullable Object[]> rows = new ArrayList<>();
        while (true) {
            Optional<JobRow> first = session.first(
                    "SELECT " + JobRow.COLUMNS
                            + " FROM {jobs} j WHERE j.aside_key = ? AND j.lane > ? ORDER BY j.aside_key, j.lane, j.place LIMIT 1",
                    JobRow::read,
                    name,
                    lane);
            if (first.isEmpty()) {
                break;
            }
            JobRow job = first.get();
            lane = job.lane();
            rows.add(RowUpdate.values(job.id(), name, lanes.of(session, lane).ready(job.counters())));
        }
        if (!rows.isEmpty()) {
            session.dialect.update(session, BACK, rows);
            session.jobsCameBack();
        }
    }
}
