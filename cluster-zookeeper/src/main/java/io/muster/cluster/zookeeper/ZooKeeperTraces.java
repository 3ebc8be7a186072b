package io.muster.cluster.zookeeper;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this process's own commits left behind on the keys it touched last: guesses that spare a look at the server before
 * the next commit. A multi proves them or fails. Thread-safe.
 */
final class ZooKeeperTraces {
    /** A trace that says nothing about the counter. */
    static final int UNKNOWN = -1;

    private static final int MOST = 4_096;

    /**
     * @param creations what the key's counter of creations stood at when the key had this version
     */
    record Trace(Version version, int creations) {}

    @GuardedBy("this")
    private final Map<Key, Trace> traces = new LinkedHashMap<>(64, 0.75f, true);

    synchronized Optional<Trace> of(Key key) {
        return Optional.ofNullable(traces.get(key));
    }

    synchronized void leave(Key key, Trace trace) {
        traces.put(key, trace);
        if (traces.size() > MOST) {
            traces.remove(traces.keySet().iterator().next());
        }
    }

    synchronized void remove(Key key) {
        traces.remove(key);
    }
}
