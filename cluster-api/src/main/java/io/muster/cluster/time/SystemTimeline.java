package io.muster.cluster.time;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The real timeline: system clocks, one daemon thread per loop, virtual threads for tasks where the JDK has them. */
public final class SystemTimeline implements Timeline {
    private static final SystemTimeline INSTANCE = new SystemTimeline();

    private final SecureRandom random = new SecureRandom();

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
}
