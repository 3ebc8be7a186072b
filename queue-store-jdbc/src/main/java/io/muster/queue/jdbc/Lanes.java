package io.muster.queue.jdbc;

import io.muster.cluster.spi.ForeignNames;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that are known here. A lane once made stays, so what is known is true until the database loses what it had committed,
 * which it can do only while connections to it fail. Thread-safe.
 */
final class Lanes {
    private final ForeignNames foreign = new ForeignNames();
    private final Database database;
    private final Map<String, Lane> byName = new ConcurrentHashMap<>();
    private final Map<Long, Lane> byId = new ConcurrentHashMap<>();
    private final Map<String, Set<Lane>> byQueue = new ConcurrentHashMap<>();

    Lanes(Database database) {
        this.database = database;
        database.dialect.errors().whenConnectionFails(this::forget);
    }

    private void forget() {
        byName.clear();
        byQueue.clear();
        byId.clear();
    }

    /** The lanes of these names, made where they are not there; in a transaction of their own. */
    void make(Collection<String> names) {
        Set<String> missing = new HashSet<>(names);
        missing.removeAll(byName.keySet());
        if (missing.isEmpty()) {
            return;
        }
        database.transaction("make lanes", session -> {
            List<@Nullable Object[]> rows = new ArrayList<>();
            for (String name : missing.stream().sorted().toList()) {
                rows.add(RowUpdate.values(name, database.dialect.stamp(session).number()));
            }
            return database.dialect.insertAbsent(
                    session, "{lanes}", List.of(Column.text("name"), Column.bigint("id")), rows);
        });
        database.transaction("read lanes", session -> {
            read(session, "SELECT id, name FROM {lanes} WHERE name {any}", missing);
            return true;
        });
    }

    /** A lane that was made. */
    Lane named(String name) {
        Lane lane = byName.get(name);
        if (lane == null) {
            throw new IllegalStateException("Lane " + name + " was not made");
        }
        return lane;
    }

    /** Sees that lanes of these names are known here, for {@link #named}; to be called within {@link #making}. */
    void require(Session session, Collection<String> names) throws SQLException {
        Set<String> missing = new HashSet<>(names);
        missing.removeAll(byName.keySet());
        if (!missing.isEmpty()) {
            read(session, "SELECT id, name FROM {lanes} WHERE name {any}", missing);
            missing.removeAll(byName.keySet());
        }
        if (!missing.isEmpty()) {
            throw new MissingLanesException(missing);
        }
    }

    /**
     * Does a transaction that learns on its way which lanes it needs. Where one is missing the transaction is rolled back, the lane is made,
     * and it is done again.
     */
    <T> T making(Supplier<T> transaction) {
        while (true) {
            try {
                return transaction.get();
            } catch (MissingLanesException missing) {
                make(missing.names());
            }
        }
    }

    /** Undoes a transaction that needs lanes which nobody has made. */
    private static final class MissingLanesException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Set<String> names;

        MissingLanesException(Set<String> names) {
            super("Lanes are to be made: " + names, null, false, false);
            this.names = names;
        }

        Set<String> names() {
            return names;
        }
    }

    Lane of(Session session, long id) throws SQLException {
        Lane lane = byId.get(id);
        if (lane == null) {
            read(session, "SELECT id, name FROM {lanes} WHERE id {any}", List.of(id));
            lane = byId.get(id);
        }
        if (lane == null) {
            foreign.skipped(session.tables.in("{lanes}"), Long.toString(id), "it is missing, and jobs name it");
            return Lane.unreadable(id);
        }
        return lane;
    }

    /** All lanes of a queue, read anew. */
    List<Lane> ofQueue(Session session, String queue) throws SQLException {
        return all(session).stream().filter(lane -> lane.queue().equals(queue)).toList();
    }

    /** All lanes, read anew. */
    Collection<Lane> all(Session session) throws SQLException {
        session.query("SELECT id, name FROM {lanes}", row -> remember(row.getLong(1), row.getString(2)));
        return new TreeMap<>(byId).values();
    }

    /** Those that are known here of these queues. */
    List<Lane> known(Collection<String> queues) {
        return queues.stream()
                .flatMap(queue -> byQueue.getOrDefault(queue, Set.of()).stream())
                .toList();
    }

    /** The highest id that is known here; a lower one may be unknown if two were made at once. */
    long newest() {
        return byId.keySet().stream().mapToLong(Long::longValue).max().orElse(-1);
    }

    private void read(Session session, String sql, Collection<?> wanted) throws SQLException {
        session.query(sql, row -> remember(row.getLong(1), row.getString(2)), wanted);
    }

    Lane remember(long id, String name) {
        Lane lane = byId.computeIfAbsent(id, unknown -> Lane.of(id, name));
        byQueue.computeIfAbsent(lane.queue(), queue -> ConcurrentHashMap.newKeySet())
                .add(lane);
        byName.put(name, lane);
        return lane;
    }
}
