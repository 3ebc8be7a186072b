package io.muster.races;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Ticker;
import io.muster.cluster.time.Timeline;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/** Time stands still; tasks are threads, if they run at all, loops are {@link PostedTasks}, and who waits waits for as long as it takes. */
public final class ThreadsOnly implements Timeline {
    private final List<Thread> started = new ArrayList<>();
    private final PostedTasks loop = new PostedTasks();
    private final RandomGenerator random = new SplittableRandom(1);
    private final boolean tasksRun;

    public ThreadsOnly() {
        this(true);
    }

    private ThreadsOnly(boolean tasksRun) {
        this.tasksRun = tasksRun;
    }

    /** The scenario itself does what its tasks would do. */
    public static ThreadsOnly withoutTasks() {
        return new ThreadsOnly(false);
    }

    @Override
    public InstantSource clock() {
        return () -> Instant.EPOCH;
    }

    @Override
    public Ticker ticker() {
        return () -> 0;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public PostedTasks loop(String name) {
        return loop;
    }

    @Override
    public Task start(String name, Runnable body) {
        if (tasksRun) {
            Thread thread = new Thread(body);
            synchronized (started) {
                started.add(thread);
            }
            thread.start();
        }
        return new Task() {
            @Override
            public void interrupt() {}

            @Override
            public boolean ended() {
                return false;
            }
        };
    }

    @Override
    public boolean await(CompletableFuture<?> signal, Deadline deadline) {
        try {
            signal.join();
        } catch (CompletionException failed) {
            return true;
        }
        return true;
    }

    /** Waits for all tasks. */
    public void joinTasks() {
        List<Thread> threads;
        synchronized (started) {
            threads = List.copyOf(started);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
