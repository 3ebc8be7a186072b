package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows of pools. Their figures are changed late in a transaction, by their ids in order, for others wait for them. */
final class Pools {
    private static final List<Column> COLUMNS =
            List.of(Column.text("name"), Column.bigint("id"), Column.text("incarnation"));

    private static final String MOVED =
            "UPDATE {pools} SET taken_upto = ?, untaken = untaken - ?, running = running + ? WHERE id = ?";

    private final Session session;

    Pools(Session session) {
        this.session = session;
    }

    /** Pools by name, made where they are not there. */
    Map<String, Pool> made(Collection<String> names) throws SQLException {
        Map<String, Pool> known = named(names);
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (String name : names.stream().distinct().sorted().toList()) {
            if (!known.containsKey(name)) {
                long id = session.dialect.stamp(session).number();
                rows.add(RowUpdate.values(name, id, name.substring(0, name.indexOf('/'))));
            }
        }
        if (!rows.isEmpty()) {
            session.dialect.insertAbsent(session, "{pools}", COLUMNS, rows);
            known = named(names);
        }
        return known;
    }

    Optional<Pool> lock(String name) throws SQLException {
        return session.first(
                "SELECT " + Pool.COLUMNS + " FROM {pools} p WHERE p.name = ? FOR UPDATE", Pool::read, name);
    }

    List<Pool> of(String incarnation) throws SQLException {
        return session.query(
                "SELECT " + Pool.COLUMNS + " FROM {pools} p WHERE p.incarnation = ?",
                Pool::read,
                Names.encoded(incarnation));
    }

    /** Changes the figures of pools by so much. */
    void add(Map<Long, int[]> untakenAndRunning) throws SQLException {
        for (Map.Entry<Long, int[]> pool : new TreeMap<>(untakenAndRunning).entrySet()) {
            session.update(
                    "UPDATE {pools} SET untaken = untaken + ?, running = running + ? WHERE id = ?",
                    pool.getValue()[0],
                    pool.getValue()[1],
                    pool.getKey());
        }
    }

    /** Moves jobs from untaken to running. */
    void taken(long id, long upTo, int jobs) throws SQLException {
        moved(id, upTo, jobs, 0);
    }

    /** Moves jobs from untaken to running, of which {@code more} came besides, or went if it is below 0. */
    void moved(long id, long upTo, int jobs, int more) throws SQLException {
        session.update(MOVED, upTo, jobs, jobs + more, id);
    }

    /** The same, to be sent with others. */
    static void moved(Statements with, long id, long upTo, int jobs, int more) throws SQLException {
        with.update(MOVED, changed -> {}, upTo, jobs, jobs + more, id);
    }

    /** Whatever their figures say: no job names the incarnation's pools. */
    void holdNothing(String incarnation) throws SQLException {
        session.update("UPDATE {pools} SET untaken = 0, running = 0 WHERE incarnation = ?", Names.encoded(incarnation));
    }

    long takenUpTo(long id) throws SQLException {
        return session.first("SELECT taken_upto FROM {pools} WHERE id = ?", row -> row.getLong(1), id)
                .orElse(0L);
    }

    private Map<String, Pool> named(Collection<String> names) throws SQLException {
        Map<String, Pool> named = new HashMap<>();
        session.query(
                "SELECT " + Pool.COLUMNS + " FROM {pools} p WHERE p.name {any}",
                row -> named.put(row.getString(2), Pool.read(row)),
                names);
        return named;
    }
}
