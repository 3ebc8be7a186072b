package io.muster.cluster.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.redis.RedisChannels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a directory: hints say which names changed, the loop reads what they are now and tells the listener. Hints that
 * come meanwhile are collected, so a busy directory costs one read at a time. Since one thread reads and delivers, no key
 * goes back. After every interruption of the hints all is read again.
 */
final class RedisWatch implements Subscription, RedisChannels.Receiver {
    /** Reads what the watch delivers. May block, a bounded time. */
    interface Reader {
        List<Entry> all(String directory);

        /** Those of the names that exist. */
        List<Entry> some(String directory, List<String> names);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RedisWatch.class);
    private static final int MOST_HINTS = 2_000;
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));

    private final String directory;
    private final WatchListener listener;
    private final Reader reader;
    private final Timeline timeline;
    private final Loop loop;

    @GuardedBy("this")
    private Set<String> hinted = new LinkedHashSet<>();

    @GuardedBy("this")
    private boolean snapshotDue;

    @GuardedBy("this")
    private boolean posted;

    /** Belongs to the loop: what the listener knows. */
    private final Map<String, Version> known = new HashMap<>();

    private int failures;
    private volatile boolean closed;

    RedisWatch(String directory, WatchListener listener, Reader reader, Timeline timeline) {
        this.directory = directory;
        this.listener = listener;
        this.reader = reader;
        this.timeline = timeline;
        this.loop = timeline.loop("muster-redis-watch-" + directory);
    }

    String directory() {
        return directory;
    }

    @Override
    public void onSubscribed() {
        wake(true, List.of());
    }

    @Override
    public void onMessage(byte[] message) {
        List<String> names = List.of(new String(message, StandardCharsets.US_ASCII).split("\n"));
        wake(false, names.stream().filter(Key::isSegment).toList());
    }

    @Override
    public void close() {
        closed = true;
        loop.close();
    }

    private synchronized void wake(boolean all, List<String> names) {
        hinted.addAll(names);
        if (all || hinted.size() > MOST_HINTS) {
            snapshotDue = true;
            hinted.clear();
        }
        if (!posted) {
            posted = true;
            loop.post(this::follow);
        }
    }

    private void follow() {
        boolean all;
        List<String> names;
        synchronized (this) {
            posted = false;
            all = snapshotDue;
            snapshotDue = false;
            names = List.copyOf(hinted);
            hinted = new LinkedHashSet<>();
        }
        try {
            if (all) {
                deliverAll(reader.all(directory));
            } else if (!names.isEmpty()) {
                deliverSome(names, reader.some(directory, names));
            }
            failures = 0;
        } catch (ClusterException e) {
            failures++;
            LOG.debug("A watched directory is read later directory={} reason={}", directory, e.getMessage());
            loop.schedule(BACKOFF.after(failures, timeline.random()), () -> wake(true, List.of()));
        }
    }

    private void deliverAll(List<Entry> children) {
        known.clear();
        children.forEach(entry -> known.put(entry.key().name(), entry.version()));
        tell(() -> listener.onSnapshot(children));
    }

    private void deliverSome(List<String> names, List<Entry> present) {
        Map<String, Entry> found = new HashMap<>();
        present.forEach(entry -> found.put(entry.key().name(), entry));
        List<WatchListener.Change> changes = new ArrayList<>();
        for (String name : names) {
            Entry entry = found.get(name);
            Version before = entry == null ? known.remove(name) : known.put(name, entry.version());
            boolean news = entry == null ? before != null : !entry.version().equals(before);
            if (news) {
                changes.add(new WatchListener.Change(new Key(directory, name), Optional.ofNullable(entry)));
            }
        }
        if (!changes.isEmpty()) {
            tell(() -> listener.onChanges(changes));
        }
    }

    private void tell(Runnable call) {
        if (closed) {
            return;
        }
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A watch listener failed; the watch goes on directory={}", directory, e);
        }
    }
}
