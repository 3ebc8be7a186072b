package io.muster.cluster.consul;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one directory by one blocking query at a time, however many listeners it has. Each answer is the whole directory;
 * listeners get what differs from the one before.
 *
 * <p>The loop owns the query and its index. Listeners and the newest known state are guarded by this object's lock, which is
 * never held during I/O or a callback.
 */
final class ConsulWatch {
    /** How long the server keeps a query open; it adds up to a sixteenth. */
    static final Duration WAIT = Duration.ofSeconds(30);

    /** What it takes to read a large directory is spent on other things too, however fast that changes. */
    private static final Duration LONGEST_REST = Duration.ofMillis(50);

    private static final Duration WORTH_A_REST = Duration.ofMillis(2);

    /** A watch that has lasted so long is worth a key that keeps its directory from being empty, and one that is gone another so much later. */
    private static final Duration WORTH_A_FOLDER = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ConsulWatch.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Backoff AFTER_FAILURE = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));
    /** As long as there is no folder, an empty directory is woken by writes beside it: idle rounds must not follow one another at full speed. */
    private static final Backoff AFTER_FALSE_WAKE = new Backoff(Duration.ofMillis(5), Duration.ofMillis(100));

    private final String directory;
    private final ConsulKeys keys;
    private final ConsulFolders folders;
    private final ConsulHttp http;
    private final Timeline timeline;
    private final Loop loop;
    private volatile boolean closed;
    private volatile Optional<String> folderOwner = Optional.empty();

    private long folderNanos;
    /** Not even a folder was there. */
    private boolean empty;

    private long index;
    private int failures;
    private int falseWakes;

    @GuardedBy("this")
    private final List<ConsulWatchFeed> feeds = new ArrayList<>();

    /** By name; null until first known and from an outage to the next answer. */
    @GuardedBy("this")
    private @Nullable Map<String, Entry> known;

    /** @param http connections of this watch alone; closed with it */
    ConsulWatch(String directory, ConsulKeys keys, ConsulFolders folders, ConsulHttp http, Timeline timeline) {
        this.directory = directory;
        this.keys = keys;
        this.folders = folders;
        this.http = http;
        this.timeline = timeline;
        this.folderNanos = timeline.ticker().nanos();
        this.loop = timeline.loop("muster-consul-watch-" + directory);
    }

    void start() {
        loop.post(this::poll);
    }

    /** The listener is called on a loop of its own. */
    synchronized ConsulWatchFeed add(WatchListener listener) {
        ConsulWatchFeed feed = new ConsulWatchFeed(listener, timeline.loop("muster-consul-listener-" + directory));
        feeds.add(feed);
        if (known != null) {
            feed.offerSnapshot(List.copyOf(known.values()));
        }
        return feed;
    }

    /** Whether nobody listens any more. */
    synchronized boolean remove(ConsulWatchFeed feed) {
        feed.close();
        feeds.remove(feed);
        return feeds.isEmpty();
    }

    /** Cuts the query off. Does not wait for listeners. */
    void close() {
        closed = true;
        http.close();
        loop.post(loop::close);
        List<ConsulWatchFeed> ended;
        synchronized (this) {
            ended = List.copyOf(feeds);
            feeds.clear();
        }
        ended.forEach(ConsulWatchFeed::close);
    }

    /** Goes on whatever happens: what is not foreseen here is logged by the loop. */
    private void poll() {
        if (closed) {
            return;
        }
        Duration pause = AFTER_FAILURE.most();
        try {
            pause = round();
        } finally {
            next(pause);
        }
    }

    /** Asks once and tells what is new; how long to pause then. */
    private Duration round() {
        try {
            ConsulHttp.Reply reply = query();
            long answered = timeline.ticker().nanos();
            List<Entry> children = children(reply);
            if (failures > 0) {
                LOG.info("Watching again directory={} failures={}", directory, failures);
                failures = 0;
            }
            empty = reply.status() == 404;
            falseWakes = deliver(children) ? 0 : falseWakes + 1;
            Duration rest = falseWakes < 2
                    ? restAfter(Duration.ofNanos(timeline.ticker().nanos() - answered))
                    : AFTER_FALSE_WAKE.after(falseWakes - 1, timeline.random());
            return empty && makeFolder() ? Duration.ZERO : rest;
        } catch (ClusterException e) {
            index = 0;
            forget();
            failures++;
            if (failures == 1 && !closed) {
                LOG.warn("Watch interrupted, it goes on by itself directory={} reason={}", directory, e.getMessage());
            }
            return AFTER_FAILURE.after(failures, timeline.random());
        }
    }

    /** Of the directory that was just found empty, unless it is too early; whether it was made. */
    private boolean makeFolder() {
        long now = timeline.ticker().nanos();
        if (closed || now - folderNanos < WORTH_A_FOLDER.toNanos()) {
            return false;
        }
        folderNanos = now;
        Optional<String> made = folders.make(directory, http, Deadline.after(PATIENCE, timeline.ticker()));
        if (made.isPresent()) {
            folderOwner = made;
            falseWakes = 0;
        }
        return made.isPresent();
    }

    /** The session that a key was last bound to which keeps the directory from being empty; nobody else removes it before that session ends. */
    Optional<String> folderOwner() {
        return folderOwner;
    }

    private static Duration restAfter(Duration work) {
        if (work.compareTo(WORTH_A_REST) < 0) {
            return Duration.ZERO;
        }
        return work.compareTo(LONGEST_REST) < 0 ? work : LONGEST_REST;
    }

    private void next(Duration delay) {
        if (delay.isZero()) {
            loop.post(this::poll);
        } else {
            loop.schedule(delay, this::poll);
        }
    }

    /** Waits for an index beyond the last one; an index that went back (a restored server) begins anew. */
    private ConsulHttp.Reply query() {
        Duration longest = empty && folders.canBeMade() ? WORTH_A_FOLDER : WAIT;
        Duration wait = index == 0 ? Duration.ZERO : longest;
        String path = "/v1/kv/" + ConsulKeys.inAddress(keys.prefix(directory)) + "?recurse&consistent"
                + (index == 0 ? "" : "&index=" + index + "&wait=" + wait.toSeconds() + "s");
        Duration most = wait.plus(wait.dividedBy(16)).plus(PATIENCE);
        ConsulHttp.Reply reply = http.get(http.inDatacenter(path), Deadline.after(most, timeline.ticker()));
        if (reply.status() != 200 && reply.status() != 404) {
            throw http.errors().refused(reply.status(), reply.body(), ConsulErrors.Effect.NONE);
        }
        if (reply.index() < index) {
            LOG.info(
                    "Consul's index went back, reading anew directory={} from={} to={}",
                    directory,
                    index,
                    reply.index());
            index = 0;
            forget();
        } else {
            index = Math.max(1, reply.index());
        }
        return reply;
    }

    private List<Entry> children(ConsulHttp.Reply reply) {
        if (reply.status() == 404) {
            return List.of();
        }
        Map<String, Entry> before;
        synchronized (this) {
            before = known == null ? Map.of() : known;
        }
        return ConsulEntries.children(keys, directory, http.json(reply), before);
    }

    private synchronized void forget() {
        known = null;
    }

    /** Whether there was anything to tell. */
    private synchronized boolean deliver(List<Entry> children) {
        Map<String, Entry> before = known;
        Map<String, Entry> now = new LinkedHashMap<>();
        children.forEach(child -> now.put(child.key().name(), child));
        known = now;
        if (before == null) {
            feeds.forEach(feed -> feed.offerSnapshot(children));
            return true;
        }
        List<Change> changes = new ArrayList<>();
        for (Entry child : children) {
            Entry old = before.get(child.key().name());
            if (old == null || !old.version().equals(child.version())) {
                changes.add(new Change(child.key(), Optional.of(child)));
            }
        }
        for (String name : before.keySet()) {
            if (!now.containsKey(name)) {
                changes.add(new Change(new Key(directory, name), Optional.empty()));
            }
        }
        if (!changes.isEmpty()) {
            feeds.forEach(feed -> feed.offerChanges(changes));
        }
        return !changes.isEmpty();
    }
}
