package io.muster.queue.jdbc;

import io.muster.cluster.spi.ForeignNames;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredSchedule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One row per schedule. A firing is one transaction, which locks the fence, then the row. */
final class JdbcScheduleDesk implements ScheduleDesk {
    private static final List<Column> COLUMNS =
            List.of(Column.text("name"), Column.text("version"), Column.bytes("document"));
    private static final String SELECT = "SELECT name, version, document FROM {schedules}";

    private final ForeignNames foreign = new ForeignNames();
    private final Database database;
    private final Lanes lanes;
    private final Wakes wakes;
    private final JdbcIntake intake;
    private final StoreCapabilities limits;

    JdbcScheduleDesk(Database database, Lanes lanes, Wakes wakes, JdbcIntake intake, StoreCapabilities limits) {
        this.database = database;
        this.lanes = lanes;
        this.wakes = wakes;
        this.intake = intake;
        this.limits = limits;
    }

    @Override
    public List<StoredSchedule> list() {
        return database
                .transaction("list schedules", session -> session.query(SELECT + " ORDER BY name", this::read))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public Optional<StoredSchedule> find(String name) {
        return database.transaction(
                "find a schedule", session -> session.first(SELECT + " WHERE name = ?", this::read, Names.encoded(name))
                        .flatMap(found -> found));
    }

    @Override
    public boolean put(StoredSchedule schedule, Optional<String> replaced) {
        schedule.requireFits(limits);
        boolean written = database.transaction(
                "write a schedule",
                session -> replaced.isPresent()
                        ? update(session, schedule, replaced.get())
                        : session.dialect
                                .insertAbsent(
                                        session,
                                        "{schedules}",
                                        COLUMNS,
                                        List.<@Nullable Object[]>of(RowUpdate.values(
                                                Names.encoded(schedule.name()),
                                                schedule.version(),
                                                schedule.document())))[0]);
        wakes.ready(written);
        return written;
    }

    @Override
    public boolean remove(String name, String version) {
        boolean removed = database.transaction(
                "remove a schedule",
                session -> session.update(
                                "DELETE FROM {schedules} WHERE name = ? AND version = ?", Names.encoded(name), version)
                        > 0);
        wakes.ready(removed);
        return removed;
    }

    @Override
    public List<FireResult> fire(Fence fence, List<Firing> firings) {
        List<FireResult> results = new ArrayList<>();
        for (Firing firing : firings) {
            intake.prepare(firing.jobs());
            firing.next().requireFits(limits);
            results.add(database.push("fire a schedule", session -> fire(session, fence, firing)));
        }
        wakes.ready(results.stream()
                .anyMatch(result -> result instanceof FireResult.Fired fired
                        && fired.jobs().stream().anyMatch(PushOutcome.Pushed.class::isInstance)));
        return List.copyOf(results);
    }

    private FireResult fire(Session session, Fence fence, Firing firing) throws SQLException {
        new Fences(session).install(fence);
        if (!update(session, firing.next(), firing.expected())) {
            return new FireResult.Moved();
        }
        return new FireResult.Fired(
                firing.jobs().isEmpty()
                        ? List.of()
                        : new Pushing(session, lanes, new Batches(session)).push(firing.jobs()));
    }

    /** The row is locked from then on. */
    private static boolean update(Session session, StoredSchedule schedule, String replaced) throws SQLException {
        return session.update(
                        "UPDATE {schedules} SET version = ?, document = ? WHERE name = ? AND version = ?",
                        schedule.version(),
                        schedule.document(),
                        Names.encoded(schedule.name()),
                        replaced)
                > 0;
    }

    private Optional<StoredSchedule> read(ResultSet row) throws SQLException {
        return StoredSchedule.found(foreign, Names.decoded(row.getString(1)), row.getString(2), row.getBytes(3));
    }
}
