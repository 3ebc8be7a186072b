package io.muster.queue.jdbc;

import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.StoredBatch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch as its row has it.
 *
 * @param batch without its callbacks, unless they were read
 * @param called what has a callback
 */
record BatchRow(StoredBatch batch, Set<BatchEvent> called) {
    static final int UNFINISHED = 0;
    static final int FINISHED = 1;
    static final int CANCELLED = 2;

    static final String COLUMNS =
            "b.id, b.queue, b.name, b.allows_failures, b.is_open, b.total, b.succeeded, b.failed, b.skipped,"
                    + " b.created_at, b.cancelled_at, b.cancelled_by_failure, b.finished_at, b.failed_job, b.failure, b.happened,"
                    + " b.called, b.seq";

    private static final List<Column> CHANGING = List.of(
            Column.bigint("is_open"),
            Column.bigint("total"),
            Column.bigint("succeeded"),
            Column.bigint("failed"),
            Column.bigint("skipped"),
            Column.bigint("cancelled_at"),
            Column.bigint("cancelled_by_failure"),
            Column.bigint("finished_at"),
            Column.text("failed_job"),
            Column.text("failure"),
            Column.bigint("happened"),
            Column.bigint("stage"),
            Column.bigint("since"));
    static final RowUpdate UPDATE = new RowUpdate("{batches}", "", List.of(Column.text("id")), CHANGING);
    static final List<Column> ALL = JobColumns.with(
            CHANGING,
            Column.text("id"),
            Column.bigint("seq"),
            Column.text("queue"),
            Column.text("name"),
            Column.bigint("allows_failures"),
            Column.bigint("created_at"),
            Column.bigint("called"));

    BatchRow {
        called = Set.copyOf(called);
    }

    static BatchRow created(NewBatch batch, StoredBatch created) {
        return new BatchRow(created, batch.callbacks().keySet());
    }

    BatchRow with(StoredBatch changed) {
        return new BatchRow(changed, called);
    }

    /** Whether a callback follows from what it has become. */
    boolean calls(StoredBatch changed) {
        if (called.contains(BatchEvent.PROGRESS) && changed.succeeded() > batch.succeeded()) {
            return true;
        }
        return changed.happened().stream()
                .anyMatch(event -> called.contains(event) && !batch.happened().contains(event));
    }

    BatchRow withCallbacks(Map<BatchEvent, OutboxEntry> callbacks) {
        return with(new StoredBatch(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures(),
                batch.open(),
                batch.total(),
                batch.succeeded(),
                batch.failed(),
                batch.skipped(),
                batch.createdAt(),
                batch.cancelledAt(),
                batch.cancelledByFailure(),
                batch.finishedAt(),
                batch.firstFailure(),
                batch.happened(),
                callbacks));
    }

    /** {@link #COLUMNS}. */
    static BatchRow read(ResultSet row) throws SQLException {
        String failedJob = row.getString(14);
        String failure = row.getString(15);
        return new BatchRow(
                new StoredBatch(
                        row.getString(1),
                        row.getString(3),
                        Names.decoded(row.getString(2)),
                        row.getInt(4) == 1,
                        row.getInt(5) == 1,
                        row.getInt(6),
                        row.getInt(7),
                        row.getInt(8),
                        row.getInt(9),
                        Moments.instant(row.getLong(10)),
                        moment(row, 11),
                        row.getInt(12) == 1,
                        moment(row, 13),
                        Optional.ofNullable(failedJob)
                                .map(job -> new StoredBatch.Failure(job, failure == null ? "" : failure)),
                        events(row.getInt(16)),
                        Map.of()),
                events(row.getInt(17)));
    }

    /** In the order of {@link #UPDATE}. */
    @Nullable
    Object[] changed() {
        return JobColumns.row(changing(), batch.id());
    }

    /** In the order of {@link #ALL}. */
    @Nullable
    Object[] all(long number) {
        return JobColumns.row(
                changing(),
                batch.id(),
                number,
                Names.encoded(batch.queue()),
                JobColumns.text(batch.name()),
                bit(batch.allowsFailures()),
                Moments.micros(batch.createdAt()),
                bits(called));
    }

    private @Nullable Object[] changing() {
        int stage = batch.cancelled() ? CANCELLED : batch.finished() ? FINISHED : UNFINISHED;
        Instant since = batch.cancelledAt().or(batch::finishedAt).orElse(batch.createdAt());
        return RowUpdate.values(
                bit(batch.open()),
                (long) batch.total(),
                (long) batch.succeeded(),
                (long) batch.failed(),
                (long) batch.skipped(),
                batch.cancelledAt().map(Moments::micros).orElse(null),
                bit(batch.cancelledByFailure()),
                batch.finishedAt().map(Moments::micros).orElse(null),
                batch.firstFailure().map(StoredBatch.Failure::jobId).orElse(null),
                batch.firstFailure()
                        .map(failure -> JobColumns.text(failure.reason()))
                        .orElse(null),
                bits(batch.happened()),
                (long) stage,
                Moments.micros(since));
    }

    private static long bit(boolean set) {
        return set ? 1 : 0;
    }

    /** Its part of a sum of events. */
    static int bit(BatchEvent event) {
        return switch (event) {
            case BEFORE -> 1;
            case PROGRESS -> 2;
            case THEN -> 4;
            case CATCH -> 8;
            case FINALLY -> 16;
        };
    }

    private static long bits(Collection<BatchEvent> events) {
        return events.stream().mapToLong(BatchRow::bit).sum();
    }

    static Set<BatchEvent> events(int bits) {
        Set<BatchEvent> events = EnumSet.allOf(BatchEvent.class);
        events.removeIf(event -> (bits & bit(event)) == 0);
        return events;
    }

    private static Optional<Instant> moment(ResultSet row, int index) throws SQLException {
        return Optional.ofNullable(JobRow.number(row, index)).map(Moments::instant);
    }
}
