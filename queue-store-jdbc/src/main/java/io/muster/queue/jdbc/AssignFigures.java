package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What ends an assignment: how many ready jobs are left, and the figures of the pools that were filled. PostgreSQL's words. */
final class AssignFigures {
    private static final String COUNT =
            """
            SELECT l.ready, c.jobs FROM unnest(?::bigint[], ?::bigint[]) AS l (ready, after) CROSS JOIN LATERAL (
              SELECT count(*) AS jobs FROM (
                SELECT 1 FROM {jobs} j WHERE j.ready_lane = l.ready AND j.place > l.after ORDER BY j.ready_lane, j.place LIMIT ?) s) c""";
    private static final String RENUMBER =
            "UPDATE {jobs} SET token = token + ? WHERE holder = ? AND token >= ? AND token <= ?";
    private static final int MOST_COUNTED = 2500;
    private static final long COUNTED_FOR_NANOS = 200_000_000;

    private final Session session;
    private final Cursors.View view;
    private final Map<Long, Long> takenUpTo = new HashMap<>();

    AssignFigures(Session session, Cursors.View view) {
        this.session = session;
        this.view = view;
    }

    /** Tokens that jobs of a pool got, some of them perhaps in vain. */
    record Range(long first, long last, int jobs) {}

    /**
     * Counts what is left, where it is not known well enough, then writes: the last thing of a transaction, for others wait for pools.
     *
     * @param standing where ready jobs are left, by queue
     * @param afters behind which places they are
     * @param taken jobs assigned from a queue, at most
     * @param assigned by pool, in the order of ids
     */
    Map<String, Cursors.Left> write(
            Map<String, List<Long>> standing,
            UnaryOperator<List<Long>> afters,
            Map<String, Integer> taken,
            Map<Long, List<Range>> assigned)
            throws SQLException {
        Map<String, Cursors.Left> left = new HashMap<>();
        Map<Long, String> counting = new TreeMap<>();
        standing.forEach((queue, readies) -> {
            Cursors.Left known = view.left().get(queue);
            if (known != null && isEnough(known, taken.getOrDefault(queue, 0))) {
                left.put(queue, known.less(taken.getOrDefault(queue, 0)));
            } else {
                readies.forEach(ready -> counting.put(ready, queue));
            }
        });
        Statements last = new Statements(session);
        if (!counting.isEmpty()) {
            List<Long> readies = new ArrayList<>(counting.keySet());
            last.query(
                    COUNT,
                    row -> {
                        int jobs = row.getInt(2);
                        Cursors.Left one = new Cursors.Left(jobs, jobs == MOST_COUNTED, view.beganNanos());
                        return left.merge(String.valueOf(counting.get(row.getLong(1))), one, Cursors.Left::and);
                    },
                    session.numbers(readies),
                    session.numbers(afters.apply(readies)),
                    MOST_COUNTED);
        }
        for (Map.Entry<Long, List<Range>> pool : assigned.entrySet()) {
            last.query(
                    "UPDATE {pools} SET untaken = untaken + ? WHERE id = ? RETURNING taken_upto",
                    row -> takenUpTo.put(pool.getKey(), row.getLong(1)),
                    pool.getValue().stream().mapToInt(Range::jobs).sum(),
                    pool.getKey());
        }
        last.run();
        for (Map.Entry<Long, List<Range>> pool : assigned.entrySet()) {
            renumberIfPassed(pool.getKey(), pool.getValue());
        }
        return left;
    }

    private boolean isEnough(Cursors.Left known, int taken) {
        return known.more()
                && known.jobs() - taken >= MOST_COUNTED / 2
                && view.beganNanos() - known.countedNanos() < COUNTED_FOR_NANOS;
    }

    /** Another assignment with higher numbers was committed and taken meanwhile: below them nothing would be seen as untaken. */
    private void renumberIfPassed(long pool, List<Range> ranges) throws SQLException {
        if (takenUpTo.getOrDefault(pool, Long.MIN_VALUE) < ranges.get(0).first()) {
            return;
        }
        for (Range range : ranges) {
            long first = session.dialect.stamp(session).number(0);
            session.update(RENUMBER, first - range.first(), pool, range.first(), range.last());
        }
    }
}
