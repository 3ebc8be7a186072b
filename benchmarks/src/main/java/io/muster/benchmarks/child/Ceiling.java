package io.muster.benchmarks.child;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What all ceilings are measured with. */
final class Ceiling {
    static final int BATCH = 100;

    private Ceiling() {}

    /** One step of a loop: how many jobs it moved; 0: nothing is left. */
    interface Step {
        int move() throws Exception;
    }

    /** Makes the step of one thread. */
    interface Steps {
        Step step(int thread) throws Exception;
    }

    /** Steps on so many threads until {@code millis} have passed or nothing is left; 0 millis: only the latter. */
    static Map<String, Object> loop(int threads, int millis, Steps steps) throws Exception {
        List<Step> own = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            own.add(steps.step(i));
        }
        AtomicLong count = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        long began = System.nanoTime();
        long end = millis == 0 ? Long.MAX_VALUE : began + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (Step step : own) {
                ends.add(pool.submit(() -> {
                    long moved = 0;
                    for (int by = 1; by > 0 && System.nanoTime() < end; moved += by) {
                        by = step.move();
                    }
                    count.addAndGet(moved);
                    return null;
                }));
            }
            for (Future<?> thread : ends) {
                thread.get();
            }
        } finally {
            pool.shutdownNow();
        }
        return Producer.pushed(count.get(), System.nanoTime() - began);
    }

    static Map<String, Object> latencies(Histogram histogram) {
        return Map.of(
                "timed",
                histogram.getTotalCount(),
                "p50",
                histogram.getValueAtPercentile(50),
                "p99",
                histogram.getValueAtPercentile(99),
                "max",
                histogram.getMaxValue());
    }
}
