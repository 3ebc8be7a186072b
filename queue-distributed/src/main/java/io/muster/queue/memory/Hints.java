package io.muster.queue.memory;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who wants to be told. Each hint runs on the loop of the handle that asked, at most once for all that happened before. */
final class Hints {
    private final List<Hint> ready = new CopyOnWriteArrayList<>();
    private final Map<String, List<Hint>> assigned = new ConcurrentHashMap<>();

    Subscription onReady(Loop loop, Runnable hint) {
        Hint added = new Hint(loop, hint);
        ready.add(added);
        return () -> {
            added.end();
            ready.remove(added);
        };
    }

    Subscription onAssigned(String incarnation, Loop loop, Runnable hint) {
        Hint added = new Hint(loop, hint);
        assigned.compute(incarnation, (name, hints) -> {
            List<Hint> all = hints == null ? new CopyOnWriteArrayList<>() : hints;
            all.add(added);
            return all;
        });
        return () -> {
            added.end();
            assigned.computeIfPresent(incarnation, (name, hints) -> {
                hints.remove(added);
                return hints.isEmpty() ? null : hints;
            });
        };
    }

    void wake(Wakes.Collected wakes) {
        if (wakes.ready()) {
            ready.forEach(Hint::post);
        }
        for (String incarnation : wakes.assigned()) {
            assigned.getOrDefault(incarnation, List.of()).forEach(Hint::post);
        }
    }

    private static final class Hint {
        private final Loop loop;
        private final Runnable body;
        private final AtomicBoolean posted = new AtomicBoolean();
        private volatile boolean ended;

        Hint(Loop loop, Runnable body) {
            this.loop = loop;
            this.body = body;
        }

        void post() {
            if (posted.compareAndSet(false, true)) {
                loop.post(this::run);
            }
        }

        void end() {
            ended = true;
        }

        private void run() {
            posted.set(false);
            if (!ended) {
                body.run();
            }
        }
    }
}
