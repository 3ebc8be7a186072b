package io.muster.queue.jdbc;

import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Rows of incarnations. Who assigns, takes or settles shares the row until commit; who buries has it alone. */
final class Incarnations {
    private static final long BURIED_KEPT = Moments.micros(Duration.ofDays(1));
    private static final List<Column> COLUMNS = List.of(
            Column.text("name"),
            Column.text("node"),
            Column.bigint("admitted_at"),
            Column.text("status"),
            Column.bigint("buried_at"));

    private final Session session;

    Incarnations(Session session) {
        this.session = session;
    }

    /**
     * What a row says.
     *
     * @param survived its process lives on as another incarnation: its burial counts no crashes
     */
    record Life(String incarnation, Status status, boolean survived) {}

    /** Shares the rows of incarnations until the end of the transaction; unknown ones are not among them. */
    Map<String, Life> share(Collection<String> incarnations) throws SQLException {
        return locked(incarnations, session.dialect.forShare());
    }

    Optional<Life> lock(String incarnation) throws SQLException {
        return Optional.ofNullable(locked(List.of(incarnation), " FOR UPDATE").get(incarnation));
    }

    /** The incarnation if it may settle, shared; alone if it leaves, for then its last settlement buries it. */
    Life settling(String incarnation) throws SQLException {
        Life life = share(List.of(incarnation)).get(incarnation);
        if (life != null && life.status() == Status.LEAVING) {
            life = lock(incarnation).orElse(null);
        }
        if (life == null || life.status() == Status.BURIED) {
            throw new IncarnationBuriedException("Incarnation " + incarnation + " is "
                    + (life == null ? "unknown" : "buried") + "; nothing was applied, rejoin as a new one");
        }
        return life;
    }

    /** What somebody else has written counts as buried: it gets nothing, and what it holds is taken back. */
    static Status status(String text) {
        return Arrays.stream(Status.values())
                .filter(status -> status.name().equals(text))
                .findFirst()
                .orElse(Status.BURIED);
    }

    static IncarnationBuriedException cannotReserve(String incarnation) {
        return new IncarnationBuriedException("Incarnation " + incarnation
                + " is buried, leaves or is unknown and cannot reserve; rejoin as a new one");
    }

    /** Makes it known; answers whether it was not before. */
    boolean admit(IncarnationRecord record) throws SQLException {
        if (insert(record.incarnation(), record.node(), Moments.micros(record.admittedAt()), Status.ADMITTED, null)) {
            return true;
        }
        Life known = lock(record.incarnation()).orElseThrow();
        if (known.status() != Status.ADMITTED) {
            throw new IncarnationBuriedException("Incarnation " + record.incarnation() + " is " + known.status()
                    + " and cannot be admitted again; rejoin as a new one");
        }
        return false;
    }

    /** Buries it, known or not, and has its row alone. */
    Life bury(String incarnation) throws SQLException {
        long now = session.now();
        insert(incarnation, "", now, Status.BURIED, now);
        Life life = lock(incarnation).orElseThrow();
        if (life.status() != Status.BURIED) {
            session.update(
                    "UPDATE {incarnations} SET status = 'BURIED', buried_at = ? WHERE name = ?",
                    now,
                    Names.encoded(incarnation));
        }
        return life;
    }

    void leaves(String incarnation) throws SQLException {
        session.update("UPDATE {incarnations} SET status = 'LEAVING' WHERE name = ?", Names.encoded(incarnation));
    }

    /** Its process lives on. */
    void survived(String incarnation) throws SQLException {
        session.update("UPDATE {incarnations} SET survived = 1 WHERE name = ?", Names.encoded(incarnation));
    }

    /** Those that are not buried, and those under which jobs still lie. */
    List<IncarnationRecord> records() throws SQLException {
        Map<String, Integer> held = new HashMap<>();
        session.query(
                "SELECT incarnation, SUM(untaken + running) FROM {pools} GROUP BY incarnation",
                row -> held.put(row.getString(1), row.getInt(2)));
        List<IncarnationRecord> records = new ArrayList<>(session.query(
                "SELECT name, node, admitted_at, status FROM {incarnations} ORDER BY name",
                row -> new IncarnationRecord(
                        Names.decoded(row.getString(1)),
                        row.getString(2),
                        Moments.instant(row.getLong(3)),
                        status(row.getString(4)),
                        Optional.ofNullable(held.remove(row.getString(1))).orElse(0))));
        held.forEach((unknown, jobs) -> records.add(
                new IncarnationRecord(Names.decoded(unknown), "", Moments.instant(0), Status.UNKNOWN, jobs)));
        records.removeIf(record ->
                record.held() == 0 && (record.status() == Status.BURIED || record.status() == Status.UNKNOWN));
        records.sort(Comparator.comparing(IncarnationRecord::incarnation));
        return records;
    }

    /** Forgets, at most {@code limit}, those that were buried so long ago that no late admission is to be feared. */
    void forget(long now, int limit) throws SQLException {
        List<String> old = session.query(
                "SELECT name FROM {incarnations} WHERE status = 'BURIED' AND buried_at <= ? LIMIT " + limit,
                row -> row.getString(1),
                now - BURIED_KEPT);
        if (!old.isEmpty()) {
            session.update("DELETE FROM {pools} WHERE incarnation {any} AND untaken + running = 0", old);
            session.update("DELETE FROM {crashes} WHERE incarnation {any}", old);
            session.update("DELETE FROM {incarnations} WHERE name {any}", old);
        }
    }

    private boolean insert(String incarnation, String node, long at, Status status, @Nullable Long buriedAt)
            throws SQLException {
        return session.dialect
                .insertAbsent(
                        session,
                        "{incarnations}",
                        COLUMNS,
                        List.<@Nullable Object[]>of(
                                RowUpdate.values(Names.encoded(incarnation), node, at, status.name(), buriedAt)))[0];
    }

    private Map<String, Life> locked(Collection<String> incarnations, String lock) throws SQLException {
        Map<String, Life> lives = new HashMap<>();
        TreeSet<String> names = new TreeSet<>();
        incarnations.forEach(incarnation -> names.add(Names.encoded(incarnation)));
        session.query(
                "SELECT name, status, survived FROM {incarnations} WHERE name {any} ORDER BY name" + lock,
                row -> {
                    String incarnation = Names.decoded(row.getString(1));
                    return lives.put(incarnation, new Life(incarnation, status(row.getString(2)), row.getInt(3) == 1));
                },
                names);
        return lives;
    }
}
