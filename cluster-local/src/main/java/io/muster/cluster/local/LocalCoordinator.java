package io.muster.cluster.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.local.LocalEntries.Applied;
import io.muster.cluster.local.LocalEntries.Place;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What stands for the server: entries, sessions, watches and channels of all namespaces, behind one lock under which no
 * listener is called. Made by tests and simulations that disturb it; others use {@link LocalConfig}. Thread-safe.
 */
public final class LocalCoordinator implements AutoCloseable {
    private final Timeline timeline;
    private final Capabilities capabilities;
    private final Loop loop;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private LocalSessions sessions = new LocalSessions();

    @GuardedBy("lock")
    private final List<LocalWatch> watches = new ArrayList<>();

    @GuardedBy("lock")
    private final List<LocalSubscription> subscriptions = new ArrayList<>();

    @GuardedBy("lock")
    private LocalEntries entries = new LocalEntries();

    @GuardedBy("lock")
    private String identity;

    @GuardedBy("lock")
    private boolean down;

    /** On a {@link ManualTimeline}, give the whole timeline and not a node's: a paused node does not pause the server. */
    public LocalCoordinator(Timeline timeline, Capabilities capabilities) {
        this.timeline = timeline;
        this.capabilities = capabilities;
        this.loop = timeline.loop("local-coordinator");
        this.identity = randomName();
    }

    /** One with all capabilities. */
    public static LocalCoordinator on(Timeline timeline) {
        return new LocalCoordinator(timeline, LocalConfig.DEFAULT_CAPABILITIES);
    }

    /** What a node opens to reach this coordinator, with what goes wrong between the two. */
    public BackendConfig config(LocalFaults faults) {
        return (namespace, timeline) -> {
            requireUp();
            return new LocalBackend(this, namespace, timeline, faults, () -> {});
        };
    }

    public Capabilities capabilities() {
        return capabilities;
    }

    /** The server stops: calls fail, watches and channels are silent, no time passes for sessions. */
    public void stop() {
        synchronized (lock) {
            sweep();
            down = true;
        }
    }

    /** The server is back with all its data. Sessions begin their TTL anew, watches and subscriptions had a gap. */
    public void start() {
        synchronized (lock) {
            down = false;
            sessions.renewAll(timeline.ticker().nanos(), this::watchOver);
            announceGaps();
        }
    }

    /** The server loses all data and sessions: a new line of terms, whose numbers begin anew. */
    public void wipe() {
        synchronized (lock) {
            sessions = new LocalSessions();
            entries = new LocalEntries();
            identity = randomName();
            announceGaps();
        }
    }

    /** Ends a session unasked; nothing happens if it has ended or the server is stopped. */
    public void expireSession(String id) {
        endIfUp(List.of(id));
    }

    /** Ids of the live sessions, oldest first. */
    public List<String> liveSessions() {
        synchronized (lock) {
            sweep();
            return sessions.ids();
        }
    }

    /** Stops the coordinator's timers. Backends on it are of no more use. */
    @Override
    public void close() {
        synchronized (lock) {
            down = true;
        }
        loop.close();
    }

    String identity() {
        synchronized (lock) {
            requireUp();
            return identity;
        }
    }

    String openSession(Duration ttl) {
        synchronized (lock) {
            sweep();
            requireUp();
            String id = randomName();
            sessions.open(id, ttl, timeline.ticker().nanos());
            watchOver(id, ttl);
            return id;
        }
    }

    void renew(String session) {
        synchronized (lock) {
            long now = sweep();
            requireUp();
            sessions.renew(session, now);
        }
    }

    void end(String session) {
        synchronized (lock) {
            sweep();
            requireUp();
            if (sessions.end(session)) {
                changed(entries.endSession(session));
            }
        }
    }

    void endIfUp(List<String> ended) {
        synchronized (lock) {
            if (!down) {
                ended.forEach(this::end);
            }
        }
    }

    CommitResult commit(String namespace, Transaction transaction) {
        synchronized (lock) {
            long now = sweep();
            requireUp();
            for (Write write : transaction.writes()) {
                if (write instanceof Write.Bind bind) {
                    sessions.requireLive(bind.session().id());
                }
            }
            Applied applied = entries.commit(namespace, transaction, now);
            changed(applied.changed());
            if (applied.result() instanceof CommitResult.Committed) {
                watchOverTtls(transaction);
            }
            return applied.result();
        }
    }

    Optional<Entry> read(String namespace, Key key) {
        return reading(present -> present.read(Place.of(namespace, key)));
    }

    Listing list(String namespace, ListRequest request) {
        return reading(present -> present.list(Place.path(namespace, request.directory()), request));
    }

    List<Entry> children(String path) {
        return reading(present -> present.children(path));
    }

    Optional<Entry> state(Place place) {
        return reading(present -> present.read(place));
    }

    void publish(String namespace, String channel, byte[] message) {
        synchronized (lock) {
            requireUp();
            for (LocalSubscription subscription : subscriptions) {
                subscription.offer(namespace, channel, message);
            }
        }
    }

    void add(LocalWatch watch) {
        synchronized (lock) {
            watches.add(watch);
        }
    }

    void remove(LocalWatch watch) {
        synchronized (lock) {
            watches.remove(watch);
        }
    }

    void add(LocalSubscription subscription) {
        synchronized (lock) {
            subscriptions.add(subscription);
        }
    }

    void remove(LocalSubscription subscription) {
        synchronized (lock) {
            subscriptions.remove(subscription);
        }
    }

    boolean isDown() {
        synchronized (lock) {
            return down;
        }
    }

    private <T> T reading(Function<LocalEntries, T> body) {
        synchronized (lock) {
            sweep();
            requireUp();
            return body.apply(entries);
        }
    }

    /** Ends what has outlived its TTL, whoever observes it first. */
    @GuardedBy("lock")
    private long sweep() {
        long now = timeline.ticker().nanos();
        if (!down) {
            for (String session : sessions.expire(now)) {
                changed(entries.endSession(session));
            }
            changed(entries.expire(now));
        }
        return now;
    }

    private void watchOver(String session, Duration after) {
        loop.schedule(after, () -> {
            synchronized (lock) {
                long now = sweep();
                if (!down) {
                    sessions.left(session, now).ifPresent(left -> watchOver(session, left));
                }
            }
        });
    }

    private void watchOverTtls(Transaction transaction) {
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Put put && put.ttl().isPresent()) {
                loop.schedule(put.ttl().get(), this::liveSessions);
            }
        }
    }

    @GuardedBy("lock")
    private void changed(Set<Place> places) {
        for (Place place : places) {
            for (LocalWatch watch : watches) {
                watch.changed(place);
            }
        }
    }

    @GuardedBy("lock")
    private void announceGaps() {
        watches.forEach(LocalWatch::gap);
        subscriptions.forEach(LocalSubscription::gap);
    }

    private void requireUp() {
        synchronized (lock) {
            if (down) {
                throw new ClusterUnavailableException("The local coordinator is stopped");
            }
        }
    }

    private String randomName() {
        byte[] octets = new byte[12];
        timeline.random().nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }
}
