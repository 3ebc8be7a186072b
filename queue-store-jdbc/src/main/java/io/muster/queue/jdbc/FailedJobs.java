package io.muster.queue.jdbc;

import io.muster.queue.store.Counters;
import io.muster.queue.store.RetryOutcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs failed jobs again, or removes them. */
final class FailedJobs {
    private static final RowUpdate RETRY = new RowUpdate(
            "{jobs}",
            "state = 1, starts = 0, releases = 0, exceptions = 0, timeouts = 0, crashes = 0, suspect_crashes = 0,"
                    + " due_at = NULL, reason = NULL, detail = NULL",
            List.of(Column.text("id"), Column.bigint("state")),
            List.of(Column.bigint("ready_lane"), Column.bigint("place"), Column.bigint("changed_at")));

    private final Session session;
    private final Lanes lanes;

    FailedJobs(Session session, Lanes lanes) {
        this.session = session;
        this.lanes = lanes;
    }

    List<RetryOutcome> retry(List<String> ids) throws SQLException {
        Map<String, JobRow> failed = failed(ids);
        Batches batches = new Batches(session);
        batches.lockOf(failed.values());
        Map<String, String> refused = holdKeys(ids, failed);
        Numbers numbers = new Numbers(session);
        List<RetryOutcome> outcomes = new ArrayList<>();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (String id : ids) {
            String holder = refused.get(id);
            JobRow job = failed.remove(id);
            if (job == null) {
                outcomes.add(new RetryOutcome.NotFailed(id));
            } else if (holder != null) {
                outcomes.add(new RetryOutcome.DuplicateOf(id, holder));
            } else {
                outcomes.add(new RetryOutcome.Retried(id));
                batches.retried(job);
                rows.add(RowUpdate.values(
                        id,
                        (long) JobRow.FAILED,
                        lanes.of(session, job.lane()).ready(Counters.NONE),
                        numbers.next(),
                        numbers.now()));
            }
        }
        if (!rows.isEmpty()) {
            // Their places are new, but many jobs take long to commit: whoever assigns meanwhile may have looked behind
            // them.
            session.jobsCameBack();
            session.dialect.update(session, RETRY, rows);
        }
        batches.write();
        return outcomes;
    }

    Set<String> forget(List<String> ids) throws SQLException {
        Set<String> failed = new LinkedHashSet<>(failed(ids).keySet());
        if (!failed.isEmpty()) {
            session.update("DELETE FROM {jobs} WHERE id {any} AND state = 4", failed);
        }
        return failed;
    }

    /** Their rows are this transaction's; who comes later waits. In the order of ids, so that no two wait for each other. */
    private Map<String, JobRow> failed(List<String> ids) throws SQLException {
        Map<String, JobRow> failed = new HashMap<>();
        if (!ids.isEmpty()) {
            session.query(
                    "SELECT " + JobRow.COLUMNS
                            + " FROM {jobs} j WHERE j.id {any} AND j.state = 4 ORDER BY j.id FOR UPDATE",
                    row -> {
                        JobRow job = JobRow.read(row);
                        return failed.put(job.id(), job);
                    },
                    new HashSet<>(ids));
        }
        return failed;
    }

    /** Answers who holds the keys that cannot be had, by the refused job's id. */
    private Map<String, String> holdKeys(List<String> ids, Map<String, JobRow> failed) throws SQLException {
        Map<String, String> first = new HashMap<>();
        Map<String, String> refused = new HashMap<>();
        List<UniqueKeys.Wanted> wanted = new ArrayList<>();
        for (String id : new LinkedHashSet<>(ids)) {
            JobRow job = failed.get(id);
            if (job != null && job.uniqueKey() != null) {
                String earlier = first.putIfAbsent(job.uniqueKey(), id);
                if (earlier == null) {
                    wanted.add(new UniqueKeys.Wanted(id, job.uniqueKey(), Optional.empty()));
                } else {
                    refused.put(id, earlier);
                }
            }
        }
        if (!wanted.isEmpty()) {
            Map<String, String> held = new UniqueKeys(session).hold(wanted, session.now());
            refused.replaceAll((id, earlier) -> held.getOrDefault(earlier, earlier));
            refused.putAll(held);
        }
        return refused;
    }
}
