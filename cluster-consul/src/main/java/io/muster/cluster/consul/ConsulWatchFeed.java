package io.muster.cluster.consul;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.WatchListener.Change;
import io.muster.cluster.time.Loop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one listener has yet to be told: a snapshot, then the newest state of each key changed since. A slow listener makes
 * it no larger than the directory.
 */
final class ConsulWatchFeed {
    private final WatchListener listener;
    private final Loop loop;
    private volatile boolean closed;

    @GuardedBy("this")
    private @Nullable List<Entry> snapshot;

    @GuardedBy("this")
    private final Map<Key, Change> changes = new LinkedHashMap<>();

    /** @param loop for this listener alone */
    ConsulWatchFeed(WatchListener listener, Loop loop) {
        this.listener = listener;
        this.loop = loop;
    }

    synchronized void offerSnapshot(List<Entry> children) {
        snapshot = children;
        changes.clear();
        loop.post(this::tell);
    }

    synchronized void offerChanges(List<Change> news) {
        news.forEach(change -> changes.put(change.key(), change));
        loop.post(this::tell);
    }

    /** A listener at work is left to finish. */
    void close() {
        closed = true;
        loop.post(loop::close);
    }

    /** One call at a time, so that a listener that throws misses nothing but what it threw at. */
    private void tell() {
        List<Entry> all;
        List<Change> news;
        synchronized (this) {
            all = snapshot;
            news = all == null ? List.copyOf(changes.values()) : List.of();
            snapshot = null;
            if (all == null) {
                changes.clear();
            } else if (!changes.isEmpty()) {
                loop.post(this::tell);
            }
        }
        if (closed) {
            return;
        }
        if (all != null) {
            listener.onSnapshot(all);
        } else if (!news.isEmpty()) {
            listener.onChanges(news);
        }
    }
}
