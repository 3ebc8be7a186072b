package io.muster.cluster.zookeeper;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.WatchListener.Change;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a directory. Events only say which names to look at; what is delivered was read afterwards, on the same handle,
 * which never goes back. Every connection begins with a snapshot, because events in between are lost. The loop owns what
 * is known; {@code this} guards what events leave for it.
 */
final class ZooKeeperWatch implements Subscription, Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperWatch.class);
    /** For thousands of children; a silent server ends the connection, and with it the step, much earlier. */
    private static final Duration STEP = Duration.ofSeconds(30);

    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final ZooKeeperConnection connection;
    private final ZooKeeperWatchers watchers;
    private final ZooKeeperKeys keys;
    private final String directory;
    private final String path;
    private final WatchListener listener;
    private final Timeline timeline;
    private final ZooKeeperErrors errors;
    private final Loop loop;
    private final Runnable onConnected = this::connected;
    /** Names and the revision of their newest delivered state. */
    private final Map<String, Long> known = new HashMap<>();

    private @Nullable ZooKeeper attached;
    private int failures;

    @GuardedBy("this")
    private Set<String> touched = new LinkedHashSet<>();

    @GuardedBy("this")
    private boolean snapshotDue = true;

    @GuardedBy("this")
    private boolean posted;

    private volatile boolean closed;

    ZooKeeperWatch(
            ZooKeeperConnection connection,
            ZooKeeperWatchers watchers,
            ZooKeeperKeys keys,
            String directory,
            WatchListener listener,
            Timeline timeline,
            ZooKeeperErrors errors) {
        this.connection = connection;
        this.watchers = watchers;
        this.keys = keys;
        this.directory = directory;
        this.path = keys.directory(directory);
        this.listener = listener;
        this.timeline = timeline;
        this.errors = errors;
        this.loop = timeline.loop("muster-zookeeper-watch-" + directory);
    }

    ZooKeeperWatch start() {
        connection.onConnected(onConnected);
        connected();
        return this;
    }

    private synchronized void connected() {
        snapshotDue = true;
        post();
    }

    /** Called on ZooKeeper's event thread. */
    @Override
    public synchronized void process(WatchedEvent event) {
        String changed = event.getPath();
        if (event.getType() != Event.EventType.None && changed != null && changed.startsWith(path + "/")) {
            String name = changed.substring(path.length() + 1);
            if (Key.isSegment(name)) {
                touched.add(name);
                post();
            }
        }
    }

    private synchronized void post() {
        if (!posted) {
            posted = true;
            loop.post(this::runOnce);
        }
    }

    private void runOnce() {
        Set<String> names;
        boolean all;
        synchronized (this) {
            posted = false;
            names = touched;
            touched = new LinkedHashSet<>();
            all = snapshotDue;
            snapshotDue = false;
        }
        try {
            if (all) {
                snapshot();
            } else if (!names.isEmpty()) {
                changes(names);
            }
            failures = 0;
        } catch (ClusterException e) {
            retryLater(e);
        }
    }

    private void retryLater(ClusterException e) {
        failures++;
        if (!closed) {
            if (failures == 1) {
                LOG.warn("Watch is interrupted and tries again directory={} reason={}", directory, e.getMessage());
            }
            loop.schedule(BACKOFF.after(failures, timeline.random()), this::connected);
        }
    }

    private void snapshot() {
        Deadline deadline = Deadline.after(STEP, timeline.ticker());
        List<Entry> children;
        try {
            ZooKeeper zk = connection.connected(deadline);
            if (!zk.equals(attached)) {
                ZooKeeperCalls.await(watchers.add(zk, path, this), timeline, deadline);
                attached = zk;
            }
            ZooKeeperCalls.await(ZooKeeperCalls.sync(zk, keys.root()), timeline, deadline);
            List<String> names = ZooKeeperCalls.await(ZooKeeperCalls.children(zk, path), timeline, deadline)
                    .orElse(List.of());
            List<String> ours = keys.names(directory, names);
            children = ZooKeeperReads.states(zk, keys, directory, ours, timeline, deadline).values().stream()
                    .flatMap(Optional::stream)
                    .toList();
        } catch (KeeperException e) {
            throw errors.reading("watch " + path, e);
        }
        known.clear();
        children.forEach(entry -> known.put(entry.key().name(), entry.version().major()));
        deliver(() -> listener.onSnapshot(children));
    }

    private void changes(Set<String> names) {
        Deadline deadline = Deadline.after(STEP, timeline.ticker());
        Map<String, Optional<Entry>> states;
        try {
            ZooKeeper zk = connection.connected(deadline);
            if (!zk.equals(attached)) {
                throw new KeeperException.SessionExpiredException();
            }
            states = ZooKeeperReads.states(zk, keys, directory, names, timeline, deadline);
        } catch (KeeperException e) {
            throw errors.reading("watch " + path, e);
        }
        List<Change> changes = new ArrayList<>();
        states.forEach((name, state) -> {
            Long before = known.get(name);
            Long now = state.map(entry -> entry.version().major()).orElse(null);
            if (now == null ? known.remove(name) != null : !now.equals(before)) {
                if (now != null) {
                    known.put(name, now);
                }
                changes.add(new Change(new Key(directory, name), state));
            }
        });
        if (!changes.isEmpty()) {
            deliver(() -> listener.onChanges(changes));
        }
    }

    private void deliver(Runnable call) {
        if (closed) {
            return;
        }
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A watch listener failed; it is called again with the next change directory={}", directory, e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        connection.forget(onConnected);
        loop.close();
        ZooKeeper zk = attached;
        if (zk != null && zk.getState().isConnected()) {
            watchers.remove(zk, path, this);
        }
    }
}
