package io.muster.cluster.internal;

import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those who wait for a lock when it may be free. Watches the directory only while somebody waits. Thread-safe, by its
 * own lock, which is not held during calls.
 */
final class LockWaiters {
    private final Backend backend;
    private final Map<Key, Set<Waiter>> waiting = new HashMap<>();
    private @Nullable Watch watch;
    private boolean closed;

    LockWaiters(Backend backend) {
        this.backend = backend;
    }

    Waiter join(Key key) {
        Waiter waiter = new Waiter(key);
        Watch begun = null;
        synchronized (this) {
            waiting.computeIfAbsent(key, name -> new HashSet<>()).add(waiter);
            if (watch == null && !closed) {
                begun = new Watch();
                watch = begun;
            }
        }
        if (begun != null) {
            begun.start();
        }
        return waiter;
    }

    void close() {
        Watch ended;
        synchronized (this) {
            closed = true;
            ended = watch;
            watch = null;
        }
        if (ended != null) {
            ended.close();
        }
    }

    private void leave(Waiter waiter) {
        Watch ended = null;
        synchronized (this) {
            Set<Waiter> others = waiting.getOrDefault(waiter.key, new HashSet<>());
            others.remove(waiter);
            if (others.isEmpty()) {
                waiting.remove(waiter.key);
            }
            if (waiting.isEmpty()) {
                ended = watch;
                watch = null;
            }
        }
        if (ended != null) {
            ended.close();
        }
    }

    private List<Waiter> waitersOf(Set<Key> keys) {
        synchronized (this) {
            return keys.stream()
                    .flatMap(key -> waiting.getOrDefault(key, Set.of()).stream())
                    .toList();
        }
    }

    private Set<Key> waitedFor() {
        synchronized (this) {
            return new HashSet<>(waiting.keySet());
        }
    }

    /** One call's wait. */
    final class Waiter {
        private final Key key;
        private CompletableFuture<@Nullable Void> change = new CompletableFuture<>();

        Waiter(Key key) {
            this.key = key;
        }

        /** Done with the first change from now on. */
        synchronized CompletableFuture<@Nullable Void> next() {
            change = new CompletableFuture<>();
            return change;
        }

        void leave() {
            LockWaiters.this.leave(this);
        }

        private void wake() {
            CompletableFuture<@Nullable Void> done;
            synchronized (this) {
                done = change;
            }
            done.complete(null);
        }
    }

    private final class Watch implements WatchListener {
        private @Nullable Subscription subscription;
        private boolean ended;

        void start() {
            Subscription started = backend.watch(Locks.DIRECTORY, this);
            synchronized (this) {
                if (!ended) {
                    subscription = started;
                    return;
                }
            }
            started.close();
        }

        void close() {
            Subscription running;
            synchronized (this) {
                ended = true;
                running = subscription;
            }
            if (running != null) {
                running.close();
            }
        }

        @Override
        public void onSnapshot(List<Entry> children) {
            Set<Key> free = waitedFor();
            children.forEach(entry -> free.remove(entry.key()));
            waitersOf(free).forEach(Waiter::wake);
        }

        @Override
        public void onChanges(List<Change> changes) {
            Set<Key> free = changes.stream()
                    .filter(change -> change.entry().isEmpty())
                    .map(Change::key)
                    .collect(Collectors.toSet());
            waitersOf(free).forEach(Waiter::wake);
        }
    }
}
