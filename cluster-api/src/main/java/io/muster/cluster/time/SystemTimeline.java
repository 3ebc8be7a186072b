package io.muster.cluster.time;

import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** The real timeline: system clocks, one daemon thread per loop, virtual threads for tasks where the JDK has them. */
public final class SystemTimeline implements Timeline {
    private static final SystemTimeline INSTANCE = new SystemTimeline();

    private final RandomGenerator random = new SecureBytes();

    private SystemTimeline() {}

    public static Timeline instance() {
        return INSTANCE;
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public Ticker ticker() {
        return System::nanoTime;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Loop loop(String name) {
        return new ThreadLoop(name);
    }

    @Override
    public Task start(String name, Runnable body) {
        return Threads.start(name, body);
    }

    @Override
    public boolean await(CompletableFuture<?> signal, Deadline deadline) {
        try {
            signal.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | CancellationException failed) {
            return true;
        } catch (TimeoutException e) {
            return signal.isDone();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return signal.isDone();
        }
    }
}
