package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Key;
import io.muster.queue.clusterstore.HeldJobs.Held;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** Jobs that are assigned and not taken, of each pool in the order in which they are to be taken. Not thread-safe. */
final class Untaken {
    static final Comparator<Held> OLDEST_FIRST =
            Comparator.comparingLong(Held::fencingToken).thenComparing(Held::job, StoreKeys.READY_ORDER);

    private final Map<Key, Held> byKey = new HashMap<>();
    private final Map<String, NavigableSet<Held>> byPool = new HashMap<>();

    /** Whether it was not here. */
    boolean put(Held held) {
        boolean isNew = !remove(held.key());
        byKey.put(held.key(), held);
        byPool.computeIfAbsent(held.job().pool(), pool -> new TreeSet<>(OLDEST_FIRST))
                .add(held);
        return isNew;
    }

    /** Whether it was here. */
    boolean remove(Key key) {
        Held held = byKey.remove(key);
        if (held == null) {
            return false;
        }
        Set<Held> pool = byPool.get(held.job().pool());
        if (pool != null) {
            pool.remove(held);
        }
        return true;
    }

    void retain(Collection<Key> keys) {
        for (Key key : List.copyOf(byKey.keySet())) {
            if (!keys.contains(key)) {
                remove(key);
            }
        }
    }

    boolean contains(Key key) {
        return byKey.containsKey(key);
    }

    int size() {
        return byKey.size();
    }

    int size(String pool) {
        Set<Held> held = byPool.get(pool);
        return held == null ? 0 : held.size();
    }

    /** Takes up to {@code most} of a pool out. */
    List<Held> poll(String pool, int most) {
        List<Held> polled = new ArrayList<>();
        NavigableSet<Held> held = byPool.get(pool);
        while (held != null && polled.size() < most && !held.isEmpty()) {
            Held first = held.first();
            remove(first.key());
            polled.add(first);
        }
        return polled;
    }
}
