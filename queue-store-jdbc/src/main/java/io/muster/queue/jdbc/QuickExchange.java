package io.muster.queue.jdbc;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The usual exchange: all that has ended was completed, with no more to it than that. It is settled and new jobs are taken in one round
 * trip, the pool's figures follow in another. PostgreSQL's words.
 */
final class QuickExchange {
    private static final String LIFE = "SELECT status FROM {incarnations} WHERE name = ? FOR SHARE";
    private static final String COMPLETE =
            """
            WITH told AS MATERIALIZED (
              SELECT j.at, v.token FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS v (id, token, nonce) CROSS JOIN LATERAL (
                SELECT j.ctid AS at FROM {jobs} j
                WHERE j.holder = (SELECT p.id FROM {pools} p JOIN {incarnations} i ON i.name = p.incarnation
                    WHERE p.name = ? AND i.status = 'ADMITTED')
                  AND j.token = v.token AND j.id = v.id AND j.nonce = v.nonce AND j.state IN (2, 3)
                  AND j.overlap_key IS NULL AND j.crashes = 0 LIMIT 1) j)
            UPDATE {jobs} AS j SET state = 3, holder = NULL, token = NULL, nonce = NULL, starts = j.starts + 1, payload = '',
              changed_at = (SELECT :now)
            FROM told WHERE j.ctid = told.at AND j.token = told.token
            RETURNING j.id, j.lane, j.unique_key, j.batch, j.links""";
    private static final String POOL = "SELECT " + Pool.COLUMNS + " FROM {pools} p WHERE p.name = ? FOR UPDATE";
    private static final String TAKE = "SELECT " + JobRow.COLUMNS
            + ", j.payload, j.pushed_at FROM {jobs} j WHERE j.state = 2"
            + " AND j.holder = (SELECT id FROM {pools} WHERE name = ?)"
            + " AND j.token > (SELECT taken_upto FROM {pools} WHERE name = ?) ORDER BY j.holder, j.token LIMIT ?";

    private static final int HEX = 16;
    private static final Pattern NONCE = Pattern.compile("0|[1-9a-f][0-9a-f]{0,15}");

    private final Session session;
    private final Lanes lanes;
    private final Exchange exchange;
    private final List<Status> life = new ArrayList<>();
    private final List<Pool> pool = new ArrayList<>();
    private final List<Attempt> taken = new ArrayList<>();
    private final List<JobRow> startedWithKey = new ArrayList<>();
    private final List<JobRow> completed = new ArrayList<>();
    private boolean someReady;

    QuickExchange(Session session, Lanes lanes, Exchange exchange) {
        this.session = session;
        this.lanes = lanes;
        this.exchange = exchange;
    }

    /** Whether an exchange may be the usual one. */
    static boolean suits(Exchange exchange) {
        return exchange.holding().isEmpty()
                && exchange.settlements().stream()
                        .allMatch(one -> one.outcome() instanceof Settlement.Completed
                                && one.outbox().isEmpty()
                                && one.token().incarnation().equals(exchange.incarnation())
                                && NONCE.matcher(one.token().nonce()).matches());
    }

    /** Empty if it is not the usual one: then the transaction is rolled back, and nothing was done. */
    Optional<ExchangeReply> run() throws SQLException {
        String incarnation = Names.encoded(exchange.incarnation());
        String name = Pool.name(exchange.incarnation(), exchange.pool());
        Statements first = new Statements(session)
                .query(LIFE, row -> life.add(Incarnations.status(row.getString(1))), incarnation);
        if (!exchange.settlements().isEmpty()) {
            complete(first, name);
        }
        first.query(POOL, row -> pool.add(Pool.read(row)), name);
        if (exchange.take() > 0) {
            first.query(TAKE, row -> taken.add(taken(row)), name, name, exchange.take());
        }
        first.run();
        if (life.equals(List.of(Status.ADMITTED))
                && pool.isEmpty()
                && exchange.settlements().isEmpty()) {
            return Optional.of(new ExchangeReply(List.of(), List.of(), 0));
        }
        boolean usual = life.equals(List.of(Status.ADMITTED))
                && pool.size() == 1
                && completed.size() == exchange.settlements().size();
        if (!usual) {
            session.connection.rollback();
            return Optional.empty();
        }
        tellBatches();
        UniqueKeys keys = new UniqueKeys(session);
        keys.free(completed);
        keys.free(startedWithKey);
        Map<String, Integer> tally = new HashMap<>();
        for (JobRow job : completed) {
            tally.merge(lanes.of(session, job.lane()).queue(), 1, Integer::sum);
        }
        count(pool.get(0), tally);
        return Optional.of(new ExchangeReply(
                Collections.nCopies(completed.size(), SettleResult.ACCEPTED),
                taken,
                pool.get(0).untaken() - taken.size()));
    }

    private void complete(Statements first, String name) throws SQLException {
        List<AttemptToken> tokens =
                exchange.settlements().stream().map(Settlement::token).toList();
        first.query(
                COMPLETE.replace(":now", session.dialect.now()),
                row -> completed.add(completed(row)),
                session.texts(tokens.stream().map(AttemptToken::jobId).toList()),
                session.numbers(tokens.stream().map(AttemptToken::number).toList()),
                session.numbers(tokens.stream()
                        .map(token -> Long.parseUnsignedLong(token.nonce(), HEX))
                        .toList()),
                name);
    }

    private Attempt taken(ResultSet row) throws SQLException {
        JobRow job = JobRow.read(row);
        if (job.uniqueUntil() == JobRow.UNTIL_PROCESSING && job.uniqueKey() != null) {
            startedWithKey.add(job);
        }
        return JobRow.attempt(row, lanes.of(session, job.lane()), exchange.incarnation());
    }

    private void count(Pool own, Map<String, Integer> tally) throws SQLException {
        if (taken.isEmpty() && completed.isEmpty()) {
            return;
        }
        long upTo =
                taken.isEmpty() ? own.takenUpTo() : taken.get(taken.size() - 1).fencingToken();
        Statements last = new Statements(session);
        Pools.moved(last, own.id(), upTo, taken.size(), -completed.size());
        Map<String, Integer> missing = Tallies.completed(last, tally);
        last.run();
        new Tallies(session).completed(missing);
    }

    /** Whether callbacks were pushed. */
    boolean someReady() {
        return someReady;
    }

    private void tellBatches() throws SQLException {
        Map<String, List<JobRow>> members = new HashMap<>();
        for (JobRow job : completed) {
            if (job.batch() != null) {
                members.computeIfAbsent(job.batch(), batch -> new ArrayList<>()).add(job);
            }
        }
        Map<String, BatchEnds> ends = new HashMap<>();
        members.forEach((batch, jobs) -> ends.put(batch, completed(jobs)));
        if (!ends.isEmpty()) {
            Batches batches = new Batches(session);
            batches.lock(ends.keySet());
            batches.ended(ends, session.now());
            List<OutboxEntry> callbacks = batches.write();
            new FollowUps(session, lanes, batches).push(callbacks, Set.of());
            someReady = !callbacks.isEmpty();
        }
    }

    /** What {@link BatchEnds#of} says of each, for many without following links at once. */
    private static BatchEnds completed(List<JobRow> members) {
        int beyond = members.stream().mapToInt(job -> 1 - job.links()).sum();
        return new BatchEnds(members.stream().map(JobRow::id).toList(), List.of(), List.of(), 0, beyond);
    }

    /** As much of a completed job as its keys, its batch and figures need. */
    private static JobRow completed(ResultSet row) throws SQLException {
        return new JobRow(
                row.getString(1),
                row.getLong(2),
                JobRow.COMPLETED,
                0,
                null,
                null,
                null,
                null,
                Counters.NONE,
                0,
                row.getString(3),
                0,
                null,
                null,
                row.getString(4),
                row.getInt(5));
    }
}
