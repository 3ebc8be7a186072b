package io.muster.races;

import io.muster.cluster.time.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** A loop whose tasks run when a scenario says so; what is scheduled never does. */
public final class PostedTasks implements Loop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public String name() {
        return "posted";
    }

    @Override
    public void post(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return () -> {};
    }

    @Override
    public void close() {}

    /** What is posted by now, in order. */
    public void runAll() {
        while (true) {
            Runnable next;
            synchronized (tasks) {
                next = tasks.poll();
            }
            if (next == null) {
                return;
            }
            next.run();
        }
    }
}
