package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs of a queue ever completed, discarded ones included, also once forgotten. Each queue has several rows, so that those who
 * complete jobs at once seldom wait for each other.
 */
final class Tallies {
    private static final int SHARDS = 8;
    private static final String ADD = "UPDATE {tallies} SET completed = completed + ? WHERE name = ?";

    private final Session session;

    Tallies(Session session) {
        this.session = session;
    }

    /** The last thing a transaction writes. */
    void completed(Map<String, Integer> byQueue) throws SQLException {
        for (Map.Entry<String, Integer> queue : new TreeMap<>(byQueue).entrySet()) {
            String name = name(queue.getKey());
            if (add(name, queue.getValue()) == 0) {
                session.dialect.insertAbsent(
                        session,
                        "{tallies}",
                        List.of(Column.text("name"), Column.bigint("completed")),
                        List.<@Nullable Object[]>of(RowUpdate.values(name, 0L)));
                add(name, queue.getValue());
            }
        }
    }

    /** The same, to be sent with others; answers, once sent, what found no row and is to be counted still. */
    static Map<String, Integer> completed(Statements with, Map<String, Integer> byQueue) throws SQLException {
        Map<String, Integer> missing = new TreeMap<>(byQueue);
        for (Map.Entry<String, Integer> queue : new TreeMap<>(byQueue).entrySet()) {
            with.update(
                    ADD,
                    changed -> missing.keySet().removeIf(name -> changed > 0 && name.equals(queue.getKey())),
                    (long) queue.getValue(),
                    name(queue.getKey()));
        }
        return missing;
    }

    Map<String, Long> completed() throws SQLException {
        Map<String, Long> completed = new TreeMap<>();
        session.query(
                "SELECT name, completed FROM {tallies}",
                row -> completed.merge(Names.decoded(row.getString(1).split("/", -1)[0]), row.getLong(2), Long::sum));
        return completed;
    }

    private int add(String name, int jobs) throws SQLException {
        return session.update(ADD, (long) jobs, name);
    }

    private static String name(String queue) {
        return Names.encoded(queue) + "/" + Math.floorMod(Thread.currentThread().hashCode(), SHARDS);
    }
}
