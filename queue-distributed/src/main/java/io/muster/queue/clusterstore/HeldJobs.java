package io.muster.queue.clusterstore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.WatchListener;
import io.muster.queue.store.JobState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one incarnation holds, as this process knows it: what was assigned comes by a watch, with its document, so that taking needs no
 * read; what was taken is remembered with the version that the take wrote. The watch may lag behind this process's own writes:
 * a name that was taken or settled here is not believed to be untaken again. Thread-safe.
 */
final class HeldJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeldJobs.class);

    private static final Comparator<Held> OLDEST_FIRST =
            Comparator.comparingLong(Held::fencingToken).thenComparing(Held::job, StoreKeys.READY_ORDER);

    private final Subscription watch;
    private final Runnable assignedHint;

    @GuardedBy("this")
    private final Map<Key, Held> assigned = new HashMap<>();

    @GuardedBy("this")
    private final Map<Key, Held> running = new HashMap<>();

    /** Names that a take of this process is on its way for. */
    @GuardedBy("this")
    private final Set<Key> claimed = new HashSet<>();

    /** Names that left this process's hands and may still be in the watch's pipe. */
    @GuardedBy("this")
    private final Set<Key> gone = new HashSet<>();

    /** A held document and the version to compare it with. */
    record Held(Key key, JobDocument job, Version version, long fencingToken) {}

    HeldJobs(Coordinator coordinator, String incarnation, Runnable assignedHint) {
        this.assignedHint = assignedHint;
        this.watch = coordinator.backend().watch(StoreKeys.held(incarnation), new Watching());
    }

    /** Up to {@code most} untaken jobs of the pool, oldest assignment first, kept for the caller until it says what became of them. */
    synchronized List<Held> claim(String pool, int most) {
        List<Held> claims = assigned.values().stream()
                .filter(held -> held.job().pool().equals(pool))
                .sorted(OLDEST_FIRST)
                .limit(most)
                .toList();
        claims.forEach(held -> {
            assigned.remove(held.key());
            claimed.add(held.key());
        });
        return claims;
    }

    /** Claims of which nothing became are untaken again. */
    synchronized void unclaim(List<Held> claims) {
        for (Held held : claims) {
            if (claimed.remove(held.key())) {
                assigned.put(held.key(), held);
            }
        }
    }

    /** What runs in the pool, as far as the coordinator knows. */
    synchronized List<Held> running(String pool) {
        return running.values().stream()
                .filter(held -> held.job().pool().equals(pool))
                .sorted(OLDEST_FIRST)
                .toList();
    }

    synchronized int waiting(String pool) {
        return (int) assigned.values().stream()
                .filter(held -> held.job().pool().equals(pool))
                .count();
    }

    synchronized Optional<Held> running(String jobId, long number) {
        return running.values().stream()
                .filter(held -> held.job().id().equals(jobId) && held.job().number() == number)
                .findFirst();
    }

    synchronized void took(Held held) {
        assigned.remove(held.key());
        claimed.remove(held.key());
        running.put(held.key(), held);
    }

    /** As just read. */
    synchronized void isUntaken(Held held) {
        claimed.remove(held.key());
        assigned.put(held.key(), held);
    }

    /** It was settled, or somebody took it away. */
    synchronized void left(Key key) {
        boolean wasAssigned = assigned.remove(key) != null;
        boolean wasRunning = running.remove(key) != null;
        boolean wasClaimed = claimed.remove(key);
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
            boolean known = assigned.containsKey(key)
                    || running.containsKey(key)
                    || claimed.contains(key)
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
        gone.clear();
        claimed.clear();
        for (Held held : all) {
            place(held);
        }
    }

    @Override
    public void close() {
        watch.close();
    }

    @GuardedBy("this")
    private void place(Held held) {
        if (held.job().state() == JobState.RUNNING) {
            assigned.remove(held.key());
            running.put(held.key(), held);
        } else {
            assigned.put(held.key(), held);
        }
    }

    @GuardedBy("this")
    private boolean see(List<Entry> present) {
        boolean news = false;
        for (Entry entry : present) {
            if (gone.contains(entry.key()) || claimed.contains(entry.key()) || running.containsKey(entry.key())) {
                continue;
            }
            Optional<Held> held = held(entry);
            if (held.isPresent() && held.get().job().state() == JobState.ASSIGNED) {
                news |= assigned.put(entry.key(), held.get()) == null;
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
                gone.retainAll(present);
                assigned.keySet().retainAll(present);
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
                    change.entry().ifPresentOrElse(present::add, () -> {
                        gone.remove(change.key());
                        assigned.remove(change.key());
                    });
                }
                news = see(present);
            }
            if (news) {
                assignedHint.run();
            }
        }
    }
}
