package io.muster.queue.jdbc;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hands a pool what is assigned to it: from then on it runs. */
final class Taking {
    private static final String JOBS = "SELECT " + JobRow.COLUMNS
            + ", j.payload, j.pushed_at FROM {jobs} j WHERE j.state = 2 AND j.holder = ? AND j.token ";
    private static final String IN_ORDER = " ORDER BY j.holder, j.token";

    private final Session session;
    private final Lanes lanes;

    Taking(Session session, Lanes lanes) {
        this.session = session;
        this.lanes = lanes;
    }

    /**
     * What was taken.
     *
     * @param waiting jobs still assigned
     */
    record Taken(List<Attempt> attempts, int waiting) {}

    Taken take(Exchange exchange, Set<String> settledNow) throws SQLException {
        Optional<Pool> locked = new Pools(session).lock(Pool.name(exchange.incarnation(), exchange.pool()));
        if (locked.isEmpty()) {
            return new Taken(List.of(), 0);
        }
        Pool pool = locked.get();
        List<Attempt> attempts = new ArrayList<>();
        if (exchange.holding().isPresent()) {
            attempts.addAll(lost(pool, exchange.holding().get(), settledNow));
        }
        int room = exchange.take() - attempts.size();
        int fresh = 0;
        if (room > 0 && pool.untaken() > 0) {
            List<Attempt> taken = fresh(pool, room);
            fresh = taken.size();
            attempts.addAll(taken);
        }
        return new Taken(attempts, pool.untaken() - fresh);
    }

    /** What runs here by the store's books, and the pool does not know of. */
    private List<Attempt> lost(Pool pool, Set<String> holding, Set<String> settledNow) throws SQLException {
        return session
                .query(
                        JOBS + "<= ?" + IN_ORDER,
                        row -> JobRow.attempt(row, lanes.of(session, row.getLong(2)), pool.incarnation()),
                        pool.id(),
                        pool.takenUpTo())
                .stream()
                .filter(attempt -> !holding.contains(attempt.token().jobId())
                        && !settledNow.contains(attempt.token().jobId()))
                .toList();
    }

    private List<Attempt> fresh(Pool pool, int room) throws SQLException {
        List<JobRow> keyed = new ArrayList<>();
        List<Attempt> taken = session.query(
                JOBS + "> ?" + IN_ORDER + " LIMIT ?",
                row -> {
                    JobRow job = JobRow.read(row);
                    if (job.uniqueUntil() == JobRow.UNTIL_PROCESSING && job.uniqueKey() != null) {
                        keyed.add(job);
                    }
                    return JobRow.attempt(row, lanes.of(session, job.lane()), pool.incarnation());
                },
                pool.id(),
                pool.takenUpTo(),
                room);
        if (!taken.isEmpty()) {
            new Pools(session).taken(pool.id(), taken.get(taken.size() - 1).fencingToken(), taken.size());
            new UniqueKeys(session).free(keyed);
        }
        return taken;
    }
}
