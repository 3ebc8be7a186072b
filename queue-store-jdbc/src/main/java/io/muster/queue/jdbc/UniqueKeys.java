package io.muster.queue.jdbc;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.UniqueKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of unique keys: the primary key is the key, so that two pushes at once cannot both have it. J5 */
final class UniqueKeys {
    private static final List<Column> COLUMNS =
            List.of(Column.text("name"), Column.text("job"), Column.bigint("ends_at"));

    private final Session session;

    UniqueKeys(Session session) {
        this.session = session;
    }

    /**
     * A key that is wanted.
     *
     * @param name as the database has it
     * @param endsAt when its time is over; empty: with its job
     */
    record Wanted(String jobId, String name, Optional<Long> endsAt) {
        static Wanted of(NewJob job, UniqueKey key, long now) {
            return new Wanted(
                    job.id(), Names.key(key.key()), key.heldFor().map(heldFor -> Moments.after(now, heldFor)));
        }
    }

    /** Holds keys, which differ; answers the holders of those that are held already, by the refused job's id. */
    Map<String, String> hold(List<Wanted> keys, long now) throws SQLException {
        List<Wanted> waiting = new ArrayList<>(keys);
        waiting.sort(Comparator.comparing(Wanted::name));
        session.update(
                "DELETE FROM {uniques} WHERE name {any} AND ends_at <= ?",
                waiting.stream().map(Wanted::name).toList(),
                now);
        Map<String, String> refused = new HashMap<>();
        while (!waiting.isEmpty()) {
            boolean[] held = session.dialect.insertAbsent(
                    session,
                    "{uniques}",
                    COLUMNS,
                    waiting.stream().map(UniqueKeys::values).toList());
            Map<String, Wanted> missed = new HashMap<>();
            for (int i = 0; i < held.length; i++) {
                if (!held[i]) {
                    missed.put(waiting.get(i).name(), waiting.get(i));
                }
            }
            // A holder may be gone by now: then the key is tried again.
            Map<String, String> holders = holders(missed.keySet());
            for (Wanted key : missed.values()) {
                String holder = holders.get(key.name());
                if (holder != null) {
                    refused.put(key.jobId(), holder);
                }
            }
            waiting.removeIf(key -> !missed.containsKey(key.name()) || holders.containsKey(key.name()));
        }
        return refused;
    }

    /** Frees the keys that these jobs hold; a key that has passed to another job stays. */
    void free(Collection<JobRow> jobs) throws SQLException {
        List<String> names = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (JobRow job : jobs) {
            if (job.uniqueKey() != null) {
                names.add(job.uniqueKey());
                ids.add(job.id());
            }
        }
        if (!names.isEmpty()) {
            names.sort(Comparator.naturalOrder());
            session.update("DELETE FROM {uniques} WHERE name {any} AND job {any}", names, ids);
        }
    }

    private Map<String, String> holders(Collection<String> names) throws SQLException {
        Map<String, String> holders = new HashMap<>();
        if (!names.isEmpty()) {
            session.query(
                    "SELECT name, job FROM {uniques} WHERE name {any}" + session.dialect.knownLock(),
                    row -> holders.put(row.getString(1), row.getString(2)),
                    names);
        }
        return holders;
    }

    private static @Nullable Object[] values(Wanted key) {
        return RowUpdate.values(key.name(), key.jobId(), key.endsAt().orElse(null));
    }
}
