package io.muster.cluster.etcd;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener.Change;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a watch's events, from its snapshot to its first interruption. Keeps the newest change per key until the
 * watch takes them. Thread-safe; its listener methods are called by jetcd and do not block.
 */
final class EtcdStream implements Watch.Listener {
    private static final int MOST_CHANGES = 100_000;

    private final EtcdWatch watch;
    private final EtcdKeys keys;
    private final EtcdConnection connection;
    private final Ticker ticker;
    private final long begunNanos;

    @GuardedBy("this")
    private final Map<Key, Change> changes = new LinkedHashMap<>();

    @GuardedBy("this")
    private boolean silent;

    private volatile Watch.@Nullable Watcher watcher;

    EtcdStream(EtcdWatch watch, EtcdKeys keys, EtcdConnection connection, Ticker ticker) {
        this.watch = watch;
        this.keys = keys;
        this.connection = connection;
        this.ticker = ticker;
        this.begunNanos = ticker.nanos();
    }

    void open(String directory, long revision) {
        WatchOption option = WatchOption.builder()
                .withRevision(revision)
                .withRange(keys.endOfChildren(directory))
                .withRequireLeader(true)
                .withProgressNotify(true)
                .withCreateNotify(true)
                .build();
        watcher = connection.client().getWatchClient().watch(keys.firstChild(directory), option, this);
    }

    EtcdConnection connection() {
        return connection;
    }

    Duration age() {
        return Duration.ofNanos(ticker.nanos() - begunNanos);
    }

    /** Asks etcd to say how far it is; see {@link #isSilent}. */
    void ping() {
        Watch.Watcher opened = watcher;
        if (opened != null) {
            synchronized (this) {
                silent = true;
            }
            opened.requestProgress();
        }
    }

    /** Whether nothing at all came since the last {@link #ping}. */
    synchronized boolean isSilent() {
        return silent;
    }

    synchronized List<Change> takeChanges() {
        List<Change> taken = List.copyOf(changes.values());
        changes.clear();
        return taken;
    }

    void close() {
        Watch.Watcher opened = watcher;
        if (opened != null) {
            opened.close();
        }
    }

    @Override
    public void onNext(WatchResponse response) {
        boolean first;
        boolean tooMany;
        synchronized (this) {
            silent = false;
            boolean waiting = !changes.isEmpty();
            response.getEvents().forEach(event -> add(changes, event));
            first = !waiting && !changes.isEmpty();
            tooMany = changes.size() > MOST_CHANGES;
        }
        if (response.isCreatedNotify()) {
            watch.opened(this);
        }
        if (tooMany) {
            watch.interrupted(this, "too many changes at once");
        } else if (first) {
            watch.changed(this);
        }
    }

    @Override
    public void onError(Throwable error) {
        watch.interrupted(this, EtcdErrors.of(error).reason());
    }

    @Override
    public void onCompleted() {
        watch.interrupted(this, "the stream has ended");
    }

    private void add(Map<Key, Change> to, WatchEvent event) {
        boolean gone = event.getEventType() == WatchEvent.EventType.DELETE;
        keys.key(event.getKeyValue().getKey())
                .ifPresent(
                        key -> to.put(key, new Change(key, gone ? Optional.empty() : keys.entry(event.getKeyValue()))));
    }
}
