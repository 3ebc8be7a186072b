package io.muster.queue.jdbc;

import io.muster.cluster.time.Loop;
import io.muster.queue.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for what other processes did, where the database cannot tell: once a second while nothing is found, more often soon after
 * something was. What this process does itself is told at once, without it.
 */
final class Polling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Polling.class);
    private static final Duration SELDOM = Duration.ofSeconds(1);
    private static final Duration OFTEN = Duration.ofMillis(50);

    private final Database database;
    private final Wakes wakes;
    private final Loop loop;
    private Duration pause = SELDOM;
    private boolean wasReady;
    private long toldNanos;
    private long nextDue = Moments.NEVER;

    Polling(Database database, Wakes wakes) {
        this.database = database;
        this.wakes = wakes;
        this.loop = database.timeline.loop("jdbc-store-poll");
        this.toldNanos = database.timeline.ticker().nanos();
        loop.post(this::look);
    }

    @Override
    public void close() {
        loop.close();
    }

    /** What there is. */
    private record Seen(boolean ready, Optional<Long> due, List<String> assigned) {}

    private void look() {
        boolean found = false;
        try {
            Seen seen = database.transaction("look for jobs", this::see);
            found = tell(seen);
        } catch (StoreException e) {
            LOG.debug("Could not look for jobs database={} reason={}", database.shown(), e.toString());
        }
        pause = found ? OFTEN : shorter(SELDOM, pause.multipliedBy(2));
        loop.schedule(pause, this::look);
    }

    private Seen see(Session session) throws SQLException {
        boolean ready = false;
        Optional<Long> due = Optional.empty();
        if (wakes.listensForReady()) {
            ready = session.first("SELECT 1 FROM {jobs} WHERE ready_lane > -1 LIMIT 1", row -> true)
                    .isPresent();
            due = session.first(
                    "SELECT due_at FROM {jobs} WHERE state = 0 ORDER BY state, due_at LIMIT 1", row -> row.getLong(1));
        }
        TreeSet<String> names = new TreeSet<>();
        wakes.listening().forEach(incarnation -> names.add(Names.encoded(incarnation)));
        List<String> assigned = names.isEmpty()
                ? new ArrayList<>()
                : session.query(
                        "SELECT incarnation FROM {pools} WHERE incarnation {any} AND untaken > 0",
                        row -> Names.decoded(row.getString(1)),
                        names);
        return new Seen(ready, due, assigned);
    }

    /** A backlog that stays is told of once a second; answers whether there was news. */
    private boolean tell(Seen seen) {
        long nanos = database.timeline.ticker().nanos();
        long due = seen.due().orElse(Moments.NEVER);
        boolean news = (seen.ready() && !wasReady) || due < nextDue;
        if (news || (seen.ready() && nanos - toldNanos >= SELDOM.toNanos())) {
            toldNanos = nanos;
            wakes.heardReady();
        }
        wasReady = seen.ready();
        nextDue = due;
        seen.assigned().forEach(wakes::heardAssigned);
        return news || !seen.assigned().isEmpty();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
