package io.muster.queue.memory;

import java.util.HashSet;
import java.util.Set;

/** Whom an operation gives reason to look again; collected under the lock, acted upon after it. */
final class Wakes {
    private boolean ready;
    private Set<String> assigned = new HashSet<>();

    /** Jobs may be assignable that were not. */
    void ready() {
        ready = true;
    }

    void assigned(String incarnation) {
        assigned.add(incarnation);
    }

    /** What was collected since the last call. */
    Collected drain() {
        if (!ready && assigned.isEmpty()) {
            return Collected.NOTHING;
        }
        Collected collected = new Collected(ready, assigned);
        ready = false;
        assigned = new HashSet<>();
        return collected;
    }

    record Collected(boolean ready, Set<String> assigned) {
        static final Collected NOTHING = new Collected(false, Set.of());
    }
}
