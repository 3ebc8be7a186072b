package io.muster.queue.clusterstore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.WatchListener;
import io.muster.queue.store.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one incarnation holds, as this process knows it: what was assigned comes by a watch, or from a leader in this process, and then without a watch, with its
 * document, so that taking needs no read; what was taken is remembered with the version that the take wrote. The watch may lag behind this
 * process's own writes: a name that was taken or settled here is not believed to be untaken again. Thread-safe.
 */
final class HeldJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeldJobs.class);

    private final Coordinator coordinator;
    private final String directory;
    private final Runnable assignedHint;
    /** Held while the watch is begun or ended, never by its listener. */
    private final Object watching = new Object();

    @GuardedBy("watching")
    private Optional<Subscription> watch = Optional.empty();

    @GuardedBy("watching")
    private long timesWanted;

    @GuardedBy("watching")
    private boolean closed;

    @GuardedBy("this")
    private final Untaken assigned = new Untaken();

    @GuardedBy("this")
    private final Map<Key, Held> running = new HashMap<>();

    /** Where in {@link #running} a job is. */
    @GuardedBy("this")
    private final Map<String, Key> runningById = new HashMap<>();

    /** Names that a take of this process is on its way for, with their pools. */
    @GuardedBy("this")
    private final Map<Key, String> claimed = new HashMap<>();

    @GuardedBy("this")
    private final LatelyGone gone;

    /** Whether the whole directory was read once. */
    @GuardedBy("this")
    private boolean known;

    /** A held document and the version to compare it with. */
    record Held(Key key, JobDocument job, Version version, long fencingToken) {}

    HeldJobs(Coordinator coordinator, String incarnation, Runnable assignedHint) {
        this.coordinator = coordinator;
        this.directory = StoreKeys.held(incarnation);
        this.assignedHint = assignedHint;
        this.gone = new LatelyGone(coordinator.timeline().ticker());
        watchAgain();
    }

    /**
     * A leader in this process is the only one that assigns, until {@link #watchAgain}: it tells of what it {@linkplain #assignedHere assigns} and
     * {@linkplain #left takes back}, so the watch ends, once it is known what others assigned before.
     *
     * @param leads whether that leader still leads, as far as it knows
     */
    void isToldHere(BooleanSupplier leads) {
        long before;
        synchronized (watching) {
            if (watch.isEmpty() || !isKnown()) {
                return;
            }
            before = timesWanted;
        }
        if (!leads.getAsBoolean()) {
            return;
        }
        tell(coordinator.all(directory));
        synchronized (watching) {
            if (timesWanted == before) {
                watch.ifPresent(Subscription::close);
                watch = Optional.empty();
            }
        }
    }

    /** Others may assign, or did; a watch that goes on stays. */
    void watchAgain() {
        synchronized (watching) {
            timesWanted++;
            if (watch.isEmpty() && !closed) {
                watch = Optional.of(coordinator.backend().watch(directory, new Watching()));
            }
        }
    }

    /** Up to {@code most} untaken jobs of the pool, oldest assignment first, kept for the caller until it says what became of them. */
    synchronized List<Held> claim(String pool, int most) {
        List<Held> claims = assigned.poll(pool, most);
        claims.forEach(held -> claimed.put(held.key(), pool));
        return claims;
    }

    /** Claims of which nothing became are untaken again. */
    synchronized void unclaim(List<Held> claims) {
        for (Held held : claims) {
            if (claimed.remove(held.key()) != null) {
                assigned.put(held);
            }
        }
    }

    /** What runs in the pool, as far as the coordinator knows. */
    synchronized List<Held> running(String pool) {
        return running.values().stream()
                .filter(held -> held.job().pool().equals(pool))
                .sorted(Untaken.OLDEST_FIRST)
                .toList();
    }

    synchronized int waiting(String pool) {
        return assigned.size(pool);
    }

    synchronized Optional<Held> running(String jobId, long number) {
        Key key = runningById.get(jobId);
        Held held = key == null ? null : running.get(key);
        return held != null && held.job().number() == number ? Optional.of(held) : Optional.empty();
    }

    synchronized void took(Held held) {
        assigned.remove(held.key());
        claimed.remove(held.key());
        runs(held);
    }

    /** As just read. */
    synchronized void isUntaken(Held held) {
        claimed.remove(held.key());
        assigned.put(held);
    }

    /** It was settled, or somebody took it away. */
    synchronized void left(Key key) {
        boolean wasAssigned = assigned.remove(key);
        Held ran = running.remove(key);
        boolean wasRunning = ran != null;
        if (ran != null) {
            runningById.remove(ran.job().id(), key);
        }
        boolean wasClaimed = claimed.remove(key) != null;
        if (wasAssigned || wasRunning || wasClaimed) {
            gone.add(key);
        }
    }

    /** Untaken jobs of a directory just read, in case the watch has not told of them yet. */
    synchronized void seen(List<Entry> children) {
        see(children);
    }

    /** Whether all of these are known, as untaken, running, or gone from here. */
    synchronized boolean knows(List<Entry> names) {
        for (Entry entry : names) {
            Key key = entry.key();
            boolean known = assigned.contains(key)
                    || running.containsKey(key)
                    || claimed.containsKey(key)
                    || gone.contains(key);
            if (!known) {
                return false;
            }
        }
        return true;
    }

    /** The directory as just read: the truth at that moment; of what was assigned after it the watch may have told already. */
    synchronized void replace(List<Held> all) {
        running.clear();
        runningById.clear();
        gone.clear();
        claimed.clear();
        for (Held held : all) {
            place(held);
        }
        known = true;
    }

    synchronized boolean isKnown() {
        return known;
    }

    /** How many jobs of the pool are untaken or run. */
    synchronized int load(String pool) {
        int taking = (int) claimed.values().stream().filter(pool::equals).count();
        int taken = (int) running.values().stream()
                .filter(held -> held.job().pool().equals(pool))
                .count();
        return assigned.size(pool) + taking + taken;
    }

    /** Before the watch tells of them. */
    void assignedHere(List<Held> jobs) {
        boolean news = false;
        synchronized (this) {
            for (Held held : jobs) {
                news |= !isElsewhere(held.key()) && assigned.put(held);
            }
        }
        if (news) {
            assignedHint.run();
        }
    }

    @GuardedBy("this")
    private boolean isElsewhere(Key key) {
        return gone.contains(key) || claimed.containsKey(key) || running.containsKey(key);
    }

    /** How many names it keeps, of those that are here and of those that were. */
    synchronized int names() {
        return assigned.size() + claimed.size() + running.size() + gone.size();
    }

    @Override
    public void close() {
        synchronized (watching) {
            closed = true;
            watch.ifPresent(Subscription::close);
            watch = Optional.empty();
        }
    }

    private void tell(List<Entry> present) {
        boolean news;
        synchronized (this) {
            news = see(present);
        }
        if (news) {
            assignedHint.run();
        }
    }

    @GuardedBy("this")
    private void place(Held held) {
        if (held.job().state() == JobState.RUNNING) {
            assigned.remove(held.key());
            runs(held);
        } else {
            assigned.put(held);
        }
    }

    @GuardedBy("this")
    private void runs(Held held) {
        running.put(held.key(), held);
        runningById.put(held.job().id(), held.key());
    }

    @GuardedBy("this")
    private boolean see(List<Entry> present) {
        boolean news = false;
        for (Entry entry : present) {
            if (isElsewhere(entry.key())) {
                continue;
            }
            Optional<Held> held = held(entry);
            if (held.isPresent() && held.get().job().state() == JobState.ASSIGNED) {
                news |= assigned.put(held.get());
            }
        }
        return news;
    }

    static Optional<Held> held(Entry entry) {
        try {
            JobDocument job = Documents.read(entry.value());
            return Optional.of(new Held(entry.key(), job, entry.version(), entry.created()));
        } catch (Documents.UnreadableException e) {
            LOG.error("A held job cannot be read; it fails and is kept key={} reason={}", entry.key(), e.getMessage());
            return Optional.empty();
        }
    }

    private final class Watching implements WatchListener {
        @Override
        public void onSnapshot(List<Entry> children) {
            boolean news;
            synchronized (HeldJobs.this) {
                Set<Key> present = new HashSet<>();
                children.forEach(entry -> present.add(entry.key()));
                assigned.retain(present);
                known = true;
                news = see(children);
            }
            if (news) {
                assignedHint.run();
            }
        }

        @Override
        public void onChanges(List<Change> changes) {
            boolean news;
            synchronized (HeldJobs.this) {
                List<Entry> present = new ArrayList<>();
                for (Change change : changes) {
                    change.entry().ifPresentOrElse(present::add, () -> assigned.remove(change.key()));
                }
                news = see(present);
            }
            if (news) {
                assignedHint.run();
            }
        }
    }
}
