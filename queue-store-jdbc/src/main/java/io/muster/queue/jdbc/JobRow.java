package io.muster.queue.jdbc;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.UniqueKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job as its row has it, without its payload.
 *
 * @param counters without the start of a current attempt
 * @param readyLane where it stands while it is ready and not set aside
 * @param token fencing token of the current attempt
 * @param uniqueUntil {@link #UNTIL_PROCESSING} or not
 * @param batch the batch of which it is a member
 * @param links for how many of the batch's jobs it stands
 */
record JobRow(
        String id,
        long lane,
        int state,
        long place,
        @Nullable Long readyLane,
        @Nullable Long holder,
        @Nullable Long token,
        @Nullable Long nonce,
        Counters counters,
        int maxCrashes,
        @Nullable String uniqueKey,
        int uniqueUntil,
        @Nullable String overlapKey,
        @Nullable Long overlapMicros,
        @Nullable String batch,
        int links) {
    static final int DELAYED = 0;
    static final int READY = 1;
    /** Assigned or running: its pool says which. */
    static final int HELD = 2;

    static final int COMPLETED = 3;
    static final int FAILED = 4;
    static final int DISCARDED = 5;

    static final int UNTIL_SETTLED = 0;
    static final int UNTIL_PROCESSING = 1;

    static final String COLUMNS =
            "j.id, j.lane, j.state, j.place, j.ready_lane, j.holder, j.token, j.nonce, j.starts, j.releases,"
                    + " j.exceptions, j.timeouts, j.crashes, j.suspect_crashes, j.max_crashes, j.unique_key, j.unique_until,"
                    + " j.overlap_key, j.overlap_micros, j.batch, j.links";

    /** What attempts count. How often it crashed is changed by those only who have its row: see {@link #COUNTERS}. */
    static final List<Column> TRIES = List.of(
            Column.bigint("starts"), Column.bigint("releases"), Column.bigint("exceptions"), Column.bigint("timeouts"));

    static final List<Column> COUNTERS =
            JobColumns.with(List.of(Column.bigint("crashes"), Column.bigint("suspect_crashes")), TRIES);

    static JobRow read(ResultSet row) throws SQLException {
        return new JobRow(
                row.getString(1),
                row.getLong(2),
                row.getInt(3),
                row.getLong(4),
                number(row, 5),
                number(row, 6),
                number(row, 7),
                number(row, 8),
                counters(row, 9),
                row.getInt(15),
                row.getString(16),
                row.getInt(17),
                row.getString(18),
                number(row, 19),
                row.getString(20),
                row.getInt(21));
    }

    static Counters counters(ResultSet row, int first) throws SQLException {
        return new Counters(
                row.getInt(first),
                row.getInt(first + 1),
                row.getInt(first + 2),
                row.getInt(first + 3),
                row.getInt(first + 4),
                row.getInt(first + 5));
    }

    static @Nullable Long number(ResultSet row, int index) throws SQLException {
        long value = row.getLong(index);
        return row.wasNull() ? null : value;
    }

    static int until(UniqueKey key) {
        return key.until() == UniqueKey.Until.PROCESSING ? UNTIL_PROCESSING : UNTIL_SETTLED;
    }

    /** What is handed to a pool; follow {@link #COLUMNS} by {@code payload, pushed_at}. */
    static Attempt attempt(ResultSet row, Lane lane, String incarnation) throws SQLException {
        JobRow job = read(row);
        return new Attempt(
                token(job, incarnation),
                lane.queue(),
                lane.type(),
                row.getBytes(22),
                lane.priority(),
                job.counters.started(),
                job.token == null ? 0 : job.token,
                Moments.instant(row.getLong(23)));
    }

    /** Of a job that is held. */
    String nonceText() {
        return Long.toHexString(nonce == null ? 0 : nonce);
    }

    private static AttemptToken token(JobRow job, String incarnation) throws SQLException {
        if (job.token == null) {
            throw new SQLException("Job " + job.id + " is held without a token");
        }
        return new AttemptToken(job.id, job.token, incarnation, job.nonceText());
    }

    /** Follow {@link #COLUMNS} by {@code payload, pushed_at, due_at, reason, detail, incarnation, taken_upto,
     * changed_at}. */
    static StoredJob stored(ResultSet row, Lane lane) throws SQLException {
        JobRow job = read(row);
        boolean held = job.state == HELD;
        boolean running = held && job.token != null && job.token <= row.getLong(28);
        Long due = number(row, 24);
        return new StoredJob(
                job.id,
                lane.queue(),
                lane.type(),
                row.getBytes(22),
                state(job.state, running),
                lane.priority(),
                running ? job.counters.started() : job.counters,
                Moments.instant(row.getLong(23)),
                Optional.ofNullable(due).map(Moments::instant),
                Optional.ofNullable(held ? row.getString(27) : null).map(Names::decoded),
                Optional.ofNullable(row.getString(25)),
                Optional.ofNullable(row.getString(26)),
                job.state >= COMPLETED ? Optional.of(Moments.instant(row.getLong(29))) : Optional.empty());
    }

    static JobState state(int state, boolean running) {
        return switch (state) {
            case DELAYED -> JobState.DELAYED;
            case READY -> JobState.READY;
            case HELD -> running ? JobState.RUNNING : JobState.ASSIGNED;
            case COMPLETED -> JobState.COMPLETED;
            case FAILED -> JobState.FAILED;
            default -> JobState.DISCARDED;
        };
    }

    static int state(JobState state) {
        return switch (state) {
            case DELAYED -> DELAYED;
            case READY -> READY;
            case ASSIGNED, RUNNING -> HELD;
            case COMPLETED -> COMPLETED;
            case FAILED -> FAILED;
            case DISCARDED -> DISCARDED;
        };
    }
}
