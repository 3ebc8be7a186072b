package io.muster.cluster.internal;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Since when records are known to be unchanged, on this process's monotonic clock; the most recently looked at ten thousand.
 * Thread-safe, by its own lock.
 */
final class Observations {
    private static final int MOST = 10_000;

    private final Ticker ticker;
    private final Map<Key, Seen> seen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Seen> eldest) {
            return size() > MOST;
        }
    };

    Observations(Ticker ticker) {
        this.ticker = ticker;
    }

    private record Seen(Version version, long sinceNanos) {}

    /**
     * Whether the entry, which has just been read, has been like this for {@code ttl} and one percent. Time counts from the
     * end of the first read that saw this version: the write was before.
     */
    synchronized boolean unchangedFor(Entry entry, Duration ttl) {
        long now = ticker.nanos();
        Seen before = seen.get(entry.key());
        if (before == null || !before.version().equals(entry.version())) {
            seen.put(entry.key(), new Seen(entry.version(), now));
            return false;
        }
        Duration unchanged = Duration.ofNanos(now - before.sinceNanos());
        return unchanged.compareTo(ttl.plus(ttl.dividedBy(100))) >= 0;
    }

    synchronized void forget(Key key) {
        seen.remove(key);
    }
}
