package io.muster.queue.jdbc;

import io.muster.cluster.spi.ForeignNames;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What settlements left to be pushed elsewhere, in their order. */
final class Outbox {
    private static final ForeignNames FOREIGN = new ForeignNames();
    /** Instead of a connection's name: this store. */
    private static final String HERE = "";

    static final List<Column> COLUMNS = List.of(
            Column.text("id"),
            Column.bigint("seq"),
            Column.text("connection"),
            Column.text("job"),
            Column.text("lane"),
            Column.bytes("payload"),
            Column.bigint("due_at"),
            Column.bigint("max_crashes"),
            Column.text("unique_key"),
            Column.bigint("unique_micros"),
            Column.bigint("unique_until"),
            Column.text("overlap_key"),
            Column.bigint("overlap_micros"),
            Column.text("batch_id"),
            Column.bigint("links"),
            Column.bigint("tells_failure"));
    static final String ENTRY =
            "id, connection, job, lane, payload, due_at, max_crashes, unique_key, unique_micros, unique_until,"
                    + " overlap_key, overlap_micros, batch_id, links, tells_failure";

    private final Session session;

    Outbox(Session session) {
        this.session = session;
    }

    /** An entry whose id is there is not written again. */
    void add(List<OutboxEntry> entries, Numbers numbers) throws SQLException {
        Set<String> ids = new HashSet<>();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (OutboxEntry entry : entries) {
            if (ids.add(entry.id())) {
                rows.add(values(entry, numbers.next()));
            }
        }
        session.dialect.insertAbsent(session, "{outbox}", COLUMNS, rows);
    }

    /** As many as there are up to the limit. Those that cannot be read stay where they are, and do not hide what stands behind them. */
    List<OutboxEntry> oldest(int limit) throws SQLException {
        OutboxPage page = page(Optional.empty(), limit);
        List<OutboxEntry> readable = new ArrayList<>(page.entries());
        while (readable.size() < limit && page.next().isPresent()) {
            page = page(page.next(), limit - readable.size());
            readable.addAll(page.entries());
        }
        return readable;
    }

    OutboxPage page(Optional<String> from, int limit) throws SQLException {
        List<OutboxEntry> readable = new ArrayList<>();
        AtomicLong last = new AtomicLong(from.map(Long::parseLong).orElse(Long.MIN_VALUE));
        int rows;
        do {
            List<Optional<OutboxEntry>> page = session.query(
                    "SELECT " + ENTRY + ", seq FROM {outbox} WHERE seq > ? ORDER BY seq LIMIT ?",
                    row -> {
                        last.set(row.getLong(16));
                        return readable(row);
                    },
                    last.get(),
                    limit);
            page.stream().flatMap(Optional::stream).forEach(readable::add);
            rows = page.size();
        } while (readable.isEmpty() && rows > 0 && rows == limit);
        boolean perhapsMore = rows > 0 && rows == limit;
        return new OutboxPage(readable, perhapsMore ? Optional.of(String.valueOf(last.get())) : Optional.empty());
    }

    void remove(List<String> ids) throws SQLException {
        if (!ids.isEmpty()) {
            session.update("DELETE FROM {outbox} WHERE id {any}", ids);
        }
    }

    /** In the order of {@link #COLUMNS}. */
    static @Nullable Object[] values(OutboxEntry entry, long number) {
        NewJob job = entry.job();
        return RowUpdate.values(
                entry.id(),
                number,
                entry.connection().orElse(HERE),
                job.id(),
                Pushing.laneName(job),
                job.payload(),
                job.dueAt().map(Moments::micros).orElse(null),
                (long) job.maxCrashes(),
                job.unique().map(UniqueKey::key).orElse(null),
                job.unique().flatMap(UniqueKey::heldFor).map(Moments::micros).orElse(null),
                (long) job.unique().map(JobRow::until).orElse(JobRow.UNTIL_SETTLED),
                job.overlap().map(OverlapKey::key).orElse(null),
                job.overlap()
                        .flatMap(OverlapKey::expireAfter)
                        .map(Moments::micros)
                        .orElse(null),
                job.batch().map(BatchMembership::batchId).orElse(null),
                job.batch().map(member -> (long) member.links()).orElse(null),
                job.tellsFailure() ? 1L : null);
    }

    private static Optional<OutboxEntry> readable(ResultSet row) throws SQLException {
        try {
            return Optional.of(read(row));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            FOREIGN.skipped("outbox", row.getString(1), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** {@link #ENTRY}. */
    static OutboxEntry read(ResultSet row) throws SQLException {
        if (!Lane.isName(row.getString(4))) {
            throw new IllegalArgumentException("No name of a lane: " + row.getString(4));
        }
        Lane lane = Lane.of(0, row.getString(4));
        Long due = JobRow.number(row, 6);
        String unique = row.getString(8);
        UniqueKey.Until until =
                row.getInt(10) == JobRow.UNTIL_PROCESSING ? UniqueKey.Until.PROCESSING : UniqueKey.Until.SETTLED;
        String overlap = row.getString(11);
        int links = row.getInt(14);
        NewJob job = new NewJob(
                row.getString(3),
                lane.queue(),
                lane.type(),
                row.getBytes(5),
                lane.priority(),
                Optional.ofNullable(due).map(Moments::instant),
                row.getInt(7),
                unique == null
                        ? Optional.empty()
                        : Optional.of(new UniqueKey(unique, duration(JobRow.number(row, 9)), until)),
                overlap == null
                        ? Optional.empty()
                        : Optional.of(new OverlapKey(overlap, duration(JobRow.number(row, 12)))),
                Optional.ofNullable(row.getString(13)).map(batch -> new BatchMembership(batch, links)),
                row.getInt(15) == 1);
        return new OutboxEntry(row.getString(1), Optional.of(row.getString(2)).filter(name -> !name.equals(HERE)), job);
    }

    private static Optional<Duration> duration(@Nullable Long micros) {
        return Optional.ofNullable(micros).map(some -> Duration.of(some, ChronoUnit.MICROS));
    }
}
