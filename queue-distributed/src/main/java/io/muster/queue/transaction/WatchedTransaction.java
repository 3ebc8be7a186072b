package io.muster.queue.transaction;

import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What waits for the transactions of one connection. Its monitor is not held while that runs. */
final class WatchedTransaction {
    private final IdentityHashMap<Savepoint, Integer> savepoints = new IdentityHashMap<>();
    private List<Runnable> waiting = new ArrayList<>();
    /** The open ones of the thread that began this one; empty while none is open. */
    private Set<WatchedTransaction> among = Set.of();

    /** Idempotent. */
    synchronized void begin(Set<WatchedTransaction> open) {
        if (among.isEmpty()) {
            open.add(this);
            among = open;
        }
    }

    synchronized void add(Runnable action) {
        waiting.add(action);
    }

    synchronized void saved(Savepoint savepoint) {
        savepoints.put(savepoint, waiting.size());
    }

    /** Drops what was added since. */
    synchronized void rolledBackTo(Savepoint savepoint) {
        Integer kept = savepoints.get(savepoint);
        if (kept != null) {
            waiting.subList(kept, waiting.size()).clear();
        }
    }

    /** Drops all. */
    void rolledBack() {
        end();
    }

    /** Runs all; what one throws keeps no other from running, and is thrown at the end. */
    void committed() {
        @Nullable RuntimeException failed = null;
        for (Runnable action : end()) {
            try {
                action.run();
            } catch (RuntimeException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private synchronized List<Runnable> end() {
        List<Runnable> ended = waiting;
        waiting = new ArrayList<>();
        savepoints.clear();
        if (!among.isEmpty()) {
            among.remove(this);
            among = Set.of();
        }
        return ended;
    }
}
