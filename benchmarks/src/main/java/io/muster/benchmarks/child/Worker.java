package io.muster.benchmarks.child;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Runs jobs that do nothing. Verbs: {@code pause}, {@code resume}, {@code zero}, {@code count}, {@code report}. */
final class Worker implements Actor {
    private static final long LOOK_NANOS = 2_000_000;

    private final Working working;
    private final Meter meter = Meter.INSTANCE;
    private final AtomicLong settledNanos = new AtomicLong();
    private final Thread watch;
    private volatile long settledBefore;
    private volatile boolean closed;

    Worker(Working working) {
        this.working = working;
        this.watch = new Thread(this::watchSettled, "settled-watch");
        watch.setDaemon(true);
        if (working.settled() >= 0) {
            watch.start();
        }
    }

    @Override
    public Map<String, Object> introduction() {
        return working.introduction();
    }

    @Override
    public Map<String, Object> perform(String verb, List<String> words) throws Exception {
        return switch (verb) {
            case "pause" -> {
                working.pause();
                yield Map.of();
            }
            case "resume" -> {
                long now = System.nanoTime();
                working.resume();
                yield Map.of("nanos", now);
            }
            case "zero" -> {
                meter.zero();
                settledBefore = Math.max(0, working.settled());
                yield Map.of();
            }
            case "count" -> count();
            case "report" -> {
                Map<String, Object> report = new LinkedHashMap<>(count());
                report.putAll(meter.report());
                yield report;
            }
            default -> throw new IllegalArgumentException("a worker cannot " + verb);
        };
    }

    private Map<String, Object> count() {
        long settled = working.settled();
        boolean counted = settled >= 0;
        return Map.of(
                "ran",
                meter.ran(),
                "settled",
                counted ? settled - settledBefore : meter.ran(),
                "last",
                counted ? settledNanos.get() : meter.lastNanos());
    }

    /** Notes when the last settlement was seen, to two milliseconds. */
    private void watchSettled() {
        long before = 0;
        while (!closed) {
            long settled = working.settled();
            if (settled != before) {
                settledNanos.set(System.nanoTime());
                before = settled;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        closed = true;
        working.close();
    }
}
