package io.muster.queue.jdbc;

import io.muster.queue.store.Counters;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes crashes back that the burial of a process counted which lives on. J12 */
final class Survivors {
    private static final RowUpdate SURVIVE = new RowUpdate(
            "{jobs}",
            "",
            List.of(Column.text("id"), Column.bigint("crashes")),
            List.of(Column.bigint("crashes"), Column.bigint("suspect_crashes"), Column.bigint("ready_lane")));

    private final Session session;
    private final Lanes lanes;

    Survivors(Session session, Lanes lanes) {
        this.session = session;
        this.lanes = lanes;
    }

    /** From now on {@code incarnation} counts as survived; what it crashed and still lives is given back one crash. */
    void takeBack(String incarnation) throws SQLException {
        Incarnations incarnations = new Incarnations(session);
        if (incarnations.lock(incarnation).isEmpty()) {
            return;
        }
        incarnations.survived(incarnation);
        List<JobRow> crashed = live(session.query(
                "SELECT job FROM {crashes} WHERE incarnation = ?",
                row -> row.getString(1),
                Names.encoded(incarnation)));
        session.update("DELETE FROM {crashes} WHERE incarnation = ?", Names.encoded(incarnation));
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<String> innocent = new ArrayList<>();
        for (JobRow job : crashed) {
            Counters counters = job.counters().survived();
            Long ready = job.readyLane() == null
                    ? null
                    : lanes.of(session, job.lane()).ready(counters);
            rows.add(RowUpdate.values(
                    job.id(),
                    (long) job.counters().crashes(),
                    (long) counters.crashes(),
                    (long) counters.suspectCrashes(),
                    ready));
            if (!counters.isSuspect()) {
                innocent.add(job.id());
            }
        }
        if (!rows.isEmpty()) {
            session.dialect.update(session, SURVIVE, rows);
            session.jobsCameBack();
            session.update("DELETE FROM {suspects} WHERE job {any}", innocent);
        }
    }

    /**
     * Their rows are this transaction's: one that is assigned or released between being read and being written would get the place in a lane
     * that it had before, and be assigned while it runs or has ended, or lose the one that it has.
     */
    private List<JobRow> live(List<String> ids) throws SQLException {
        return ids.isEmpty()
                ? List.of()
                : session.query(
                        "SELECT " + JobRow.COLUMNS
                                + " FROM {jobs} j WHERE j.id {any} AND j.state < 3 ORDER BY j.id FOR UPDATE",
                        JobRow::read,
                        ids);
    }
}
