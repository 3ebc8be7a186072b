package io.muster.queue.testkit.store;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Ticker;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * Real threads and real monotonic time, but a wall clock that stands still until it is moved: for stores that judge due moments
 * by their timeline's clock. Thread-safe.
 */
public final class MovableTimeline implements Timeline {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Timeline real = SystemTimeline.instance();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    /** Moves the wall clock on. */
    public void move(Duration duration) {
        now.updateAndGet(instant -> instant.plus(duration));
    }

    @Override
    public InstantSource clock() {
        return now::get;
    }

    @Override
    public Ticker ticker() {
        return real.ticker();
    }

    @Override
    public RandomGenerator random() {
        return real.random();
    }

    @Override
    public Loop loop(String name) {
        return real.loop(name);
    }

    @Override
    public Task start(String name, Runnable body) {
        return real.start(name, body);
    }

    @Override
    public boolean await(CompletableFuture<?> signal, Deadline deadline) {
        return real.await(signal, deadline);
    }
}
