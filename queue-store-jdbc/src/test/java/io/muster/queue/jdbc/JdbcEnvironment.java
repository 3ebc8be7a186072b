package io.muster.queue.jdbc;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.testkit.store.StoreEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The tables of a namespace, emptied at the end; each handle has connections of its own. */
class JdbcEnvironment implements StoreEnvironment {
    private static final List<String> TABLES = List.of(
            "{jobs}",
            "{lanes}",
            "{pools}",
            "{incarnations}",
            "{crashes}",
            "{suspects}",
            "{fences}",
            "{fence_lines}",
            "{uniques}",
            "{overlaps}",
            "{outbox}",
            "{paused}",
            "{tallies}",
            "{schedules}",
            "{limits}",
            "{batches}",
            "{callbacks}");

    private final Supplier<JdbcStore> opener;
    private final List<JdbcStore> opened = new CopyOnWriteArrayList<>();

    JdbcEnvironment(String uri, String namespace) {
        this(() -> JdbcStoreProvider.open(ConnectionUri.parse(uri), namespace, SystemTimeline.instance()));
    }

    JdbcEnvironment(Supplier<JdbcStore> opener) {
        this.opener = opener;
    }

    @Override
    public JdbcStore openStore() {
        JdbcStore store = opener.get();
        opened.add(store);
        return store;
    }

    /** The database runs on this machine. */
    @Override
    public Instant now() {
        return Instant.now();
    }

    /** The database's clock cannot be moved. */
    @Override
    public void pass(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(20), end - System.nanoTime()));
        }
    }

    @Override
    public OptionalInt mostLiveJobs() {
        return OptionalInt.empty();
    }

    @Override
    public void close() {
        if (!opened.isEmpty()) {
            opened.get(0).database().transaction("empty the tables", session -> {
                for (String table : TABLES) {
                    session.update("DELETE FROM " + table);
                }
                return true;
            });
        }
        opened.forEach(JdbcStore::close);
    }
}
