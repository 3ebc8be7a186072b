package io.muster.benchmarks.child;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What the handlers of this process see. Thread-safe. */
final class Meter {
    /** Handlers of peers are found by class, so there is one meter per process. */
    static final Meter INSTANCE = new Meter();

    private static final long HOLD_MILLIS = 60_000;
    private static final long MOST_NANOS = 3_600_000_000_000L;

    private final LongAdder ran = new LongAdder();
    private final AtomicLong lastNanos = new AtomicLong();
    private final LongAdder held = new LongAdder();
    private final AtomicLong lastHeldNanos = new AtomicLong();
    private final Histogram latencies = new ConcurrentHistogram(1_000, MOST_NANOS, 3);
    private volatile String self = "";

    private Meter() {}

    void self(String name) {
        self = name;
    }

    /** What every handler does. */
    void run(Payload payload) throws InterruptedException {
        long now = System.nanoTime();
        if (payload.t() > 0) {
            latencies.recordValue(Math.min(MOST_NANOS, Math.max(1_000, now - payload.t())));
        }
        if (!payload.hold().isEmpty()) {
            held.increment();
            lastHeldNanos.set(now);
            if (payload.hold().equals(self)) {
                Thread.sleep(HOLD_MILLIS);
            }
        }
        ran.increment();
        lastNanos.lazySet(now);
    }

    void zero() {
        ran.reset();
        held.reset();
        latencies.reset();
    }

    long ran() {
        return ran.sum();
    }

    long lastNanos() {
        return lastNanos.get();
    }

    Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("held", held.sum());
        report.put("lastHeld", lastHeldNanos.get());
        report.put("timed", latencies.getTotalCount());
        report.put("p50", latencies.getValueAtPercentile(50));
        report.put("p99", latencies.getValueAtPercentile(99));
        report.put("max", latencies.getMaxValue());
        return report;
    }
}
