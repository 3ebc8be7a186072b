package io.muster.queue.jdbc;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Pushes jobs without keys, batches and due moments by one statement, which commits by itself: one round trip. The numbers of the jobs come from
 * the same statement. PostgreSQL's words. Thread-safe.
 */
final class PlainPush {
    private static final String COLUMNS =
            "INSERT INTO {jobs} (id, lane, ready_lane, state, seq, place, pushed_at, changed_at, max_crashes, tells_failure, payload) ";
    private static final String STAMP = "(SELECT nextval('{numbers}') * " + Stamp.NUMBERS + " AS number, %s AS now)";
    private static final String DUPLICATE = "23505";

    /** After a known id was met, so many batches expect another: an insert that meets one is lost work and a line in the server's log. */
    private static final int WARY = 1000;

    private final Database database;
    private final Lanes lanes;
    private final String one;
    private final String many;
    private final AtomicInteger wary = new AtomicInteger();

    PlainPush(Database database, Lanes lanes) {
        this.database = database;
        this.lanes = lanes;
        String stamp = STAMP.formatted(database.dialect.now());
        this.one = COLUMNS + "SELECT ?, ?, ?, " + JobRow.READY + ", s.number, s.number, s.now, s.now, ?, ?, ? FROM "
                + stamp + " s ON CONFLICT DO NOTHING";
        this.many = "WITH s AS MATERIALIZED " + stamp + " " + COLUMNS + "SELECT v.id, v.lane, v.lane * " + Lane.KINDS
                + ", "
                + JobRow.READY
                + ", s.number + v.n - 1, s.number + v.n - 1, s.now, s.now, v.max_crashes, v.tells, v.payload"
                + " FROM s, unnest(?::text[], ?::bigint[], ?::integer[], ?::smallint[], ?::bytea[]) WITH ORDINALITY"
                + " AS v (id, lane, max_crashes, tells, payload, n)";
    }

    /** Empty if these jobs are none that can be pushed so; then nothing was pushed. Their lanes are made already. */
    Optional<List<PushOutcome>> push(List<NewJob> jobs) {
        if (!database.dialect.isQuick() || !arePlain(jobs)) {
            return Optional.empty();
        }
        if (jobs.size() == 1) {
            PushOutcome outcome = database.statement("push a job", session -> pushOne(session, jobs.get(0)));
            return Optional.of(List.of(outcome));
        }
        if (wary.updateAndGet(left -> Math.max(0, left - 1)) > 0) {
            return Optional.empty();
        }
        boolean pushed = database.statement("push jobs", session -> pushMany(session, jobs));
        if (!pushed) {
            wary.set(WARY);
        }
        return pushed
                ? Optional.of(jobs.stream().<PushOutcome>map(PlainPush::pushed).toList())
                : Optional.empty();
    }

    private static boolean arePlain(List<NewJob> jobs) {
        Set<String> ids = new HashSet<>();
        for (NewJob job : jobs) {
            boolean plain = job.unique().isEmpty()
                    && job.overlap().isEmpty()
                    && job.batch().isEmpty()
                    && job.dueAt().isEmpty();
            if (!plain || !ids.add(job.id())) {
                return false;
            }
        }
        return jobs.size() <= Stamp.NUMBERS;
    }

    private PushOutcome pushOne(Session session, NewJob job) throws SQLException {
        long lane = lanes.named(Pushing.laneName(job)).id();
        try (PreparedStatement insert = session.prepareNamed(one)) {
            insert.setString(1, job.id());
            insert.setLong(2, lane);
            insert.setLong(3, lane * Lane.KINDS);
            insert.setInt(4, job.maxCrashes());
            insert.setObject(5, tells(job), Types.SMALLINT);
            insert.setBytes(6, job.payload());
            return insert.executeUpdate() == 1 ? pushed(job) : new PushOutcome.SameId(job.id());
        }
    }

    /** Answers whether no id was known; else nothing was pushed. */
    private boolean pushMany(Session session, List<NewJob> jobs) throws SQLException {
        String[] ids = new String[jobs.size()];
        Long[] ofLanes = new Long[jobs.size()];
        Integer[] maxCrashes = new Integer[jobs.size()];
        @Nullable Short[] tells = new Short[jobs.size()];
        byte[][] payloads = new byte[jobs.size()][];
        LaneNames names = new LaneNames();
        for (int i = 0; i < ids.length; i++) {
            NewJob job = jobs.get(i);
            ids[i] = job.id();
            ofLanes[i] = lanes.named(names.of(job)).id();
            maxCrashes[i] = job.maxCrashes();
            tells[i] = tells(job);
            payloads[i] = job.payload();
        }
        try (PreparedStatement insert = session.prepareNamed(many)) {
            insert.setArray(1, session.connection.createArrayOf("text", ids));
            insert.setArray(2, session.connection.createArrayOf("bigint", ofLanes));
            insert.setArray(3, session.connection.createArrayOf("integer", maxCrashes));
            insert.setArray(4, session.connection.createArrayOf("smallint", tells));
            insert.setArray(5, session.connection.createArrayOf("bytea", payloads));
            insert.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (DUPLICATE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static @Nullable Short tells(NewJob job) {
        return job.tellsFailure() ? (short) 1 : null;
    }

    private static PushOutcome pushed(NewJob job) {
        return new PushOutcome.Pushed(job.id());
    }
}
