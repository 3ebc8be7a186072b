package io.muster.queue.jdbc;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Ticker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who wants to be told, in this process, and how other processes are told. Each hint runs on a loop of the store, at most once for all
 * that happened before.
 */
final class Wakes implements AutoCloseable {
    private final List<Hint> ready = new CopyOnWriteArrayList<>();
    private final Map<String, List<Hint>> assigned = new ConcurrentHashMap<>();
    private final Loop loop;
    private final PausedQueues paused;
    private final Runnable firstListener;
    private final AtomicBoolean listenedTo = new AtomicBoolean();
    private final AtomicLong heard = new AtomicLong();
    private volatile Others others = Others.NOBODY;

    /** {@code firstListener} runs before somebody waits here for the first time. */
    Wakes(Loop loop, Ticker ticker, Runnable firstListener) {
        this.loop = loop;
        this.paused = new PausedQueues(ticker);
        this.firstListener = firstListener;
    }

    /** Tells other processes; returns at once. */
    interface Others {
        Others NOBODY = new Others() {
            @Override
            public void ready() {}

            @Override
            public void pushed(Set<String> queues) {}

            @Override
            public void assigned(Collection<String> incarnations) {}
        };

        void ready();

        /** Jobs that can be assigned came to these queues, and nothing else has happened. */
        void pushed(Set<String> queues);

        void assigned(Collection<String> incarnations);
    }

    void tell(Others to) {
        others = to;
    }

    /** Jobs may be assignable that were not, by what this process has done. */
    void ready(boolean really) {
        if (really) {
            heardReady();
            others.ready();
        }
    }

    /** As {@link #ready}, where nothing has happened but that jobs, which nothing holds up, were pushed to these queues. */
    void pushed(Set<String> queues) {
        if (!queues.isEmpty()) {
            heardPushed(queues);
            others.pushed(queues);
        }
    }

    /** These incarnations were given jobs by this process. */
    void assigned(Set<String> incarnations) {
        if (!incarnations.isEmpty()) {
            incarnations.forEach(this::heardAssigned);
            others.assigned(incarnations);
        }
    }

    void heardReady() {
        paused.changed();
        lookForReady();
    }

    /** Nobody has to look for jobs of queues that are known to be paused. */
    void heardPushed(Set<String> queues) {
        if (!queues.stream().allMatch(paused::contains)) {
            lookForReady();
        }
    }

    private void lookForReady() {
        heard.incrementAndGet();
        ready.forEach(Hint::post);
    }

    /** Which queues nothing is assigned from. */
    PausedQueues paused() {
        return paused;
    }

    /** How often it was heard that jobs may be assignable. */
    long heard() {
        return heard.get();
    }

    void heardAssigned(String incarnation) {
        assigned.getOrDefault(incarnation, List.of()).forEach(Hint::post);
    }

    /** Incarnations of this process that wait for jobs. */
    Set<String> listening() {
        return Set.copyOf(assigned.keySet());
    }

    boolean listensForReady() {
        return !ready.isEmpty();
    }

    private void listened() {
        if (listenedTo.compareAndSet(false, true)) {
            firstListener.run();
        }
    }

    Subscription onReady(Runnable body) {
        listened();
        Hint hint = new Hint(body);
        ready.add(hint);
        return () -> {
            hint.ended = true;
            ready.remove(hint);
        };
    }

    Subscription onAssigned(String incarnation, Runnable body) {
        listened();
        Hint hint = new Hint(body);
        assigned.compute(incarnation, (name, hints) -> {
            List<Hint> all = hints == null ? new CopyOnWriteArrayList<>() : hints;
            all.add(hint);
            return all;
        });
        return () -> {
            hint.ended = true;
            assigned.computeIfPresent(incarnation, (name, hints) -> {
                hints.remove(hint);
                return hints.isEmpty() ? null : hints;
            });
        };
    }

    @Override
    public void close() {
        loop.close();
    }

    private final class Hint {
        private final Runnable body;
        private final AtomicBoolean posted = new AtomicBoolean();
        private volatile boolean ended;

        Hint(Runnable body) {
            this.body = body;
        }

        void post() {
            if (posted.compareAndSet(false, true)) {
                loop.post(this::run);
            }
        }

        private void run() {
            posted.set(false);
            if (!ended) {
                body.run();
            }
        }
    }
}
