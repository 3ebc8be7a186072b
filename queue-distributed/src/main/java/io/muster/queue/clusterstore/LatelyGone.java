package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Key;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Names that left this process's hands, for at least {@link #KEPT}: so long somebody who is late may still tell of them as if they were there. A
 * watch need not say that they are gone: of what came and went between two looks it says nothing. Whoever is told even later finds out when it
 * wants to take them. Not thread-safe.
 */
final class LatelyGone {
    static final Duration KEPT = Duration.ofSeconds(5);

    private final Ticker ticker;
    private Set<Key> young = new HashSet<>();
    private Set<Key> old = new HashSet<>();
    private long youngSinceNanos;

    LatelyGone(Ticker ticker) {
        this.ticker = ticker;
        this.youngSinceNanos = ticker.nanos();
    }

    void add(Key key) {
        long now = ticker.nanos();
        if (now - youngSinceNanos >= KEPT.toNanos()) {
            old = young;
            young = new HashSet<>();
            youngSinceNanos = now;
        }
        young.add(key);
    }

    boolean contains(Key key) {
        return young.contains(key) || old.contains(key);
    }

    void clear() {
        young.clear();
        old.clear();
    }

    int size() {
        return young.size() + old.size();
    }
}
