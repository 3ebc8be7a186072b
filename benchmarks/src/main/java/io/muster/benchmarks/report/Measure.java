package io.muster.benchmarks.report;

import java.util.Arrays;
import java.util.Optional;

/** What is measured. */
public enum Measure {
    PUSH_ONE("push-one", "jobs/s", "push one by one, synchronous"),
    PUSH_CALLERS("push-50-callers", "jobs/s", "push, 50 callers"),
    PUSH_BULK("push-bulk", "jobs/s", "bulk push"),
    DRAIN("drain-1-node", "jobs/s", "drain, one node process"),
    DRAIN_THREE("drain-3-nodes", "jobs/s", "drain, three node processes"),
    WORKER_CPU("cpu-worker", "µs/job", "CPU of the worker per drained job"),
    SERVER_CPU("cpu-server", "µs/job", "CPU of the server per drained job"),
    WORKER_RSS("rss-worker", "MiB", "memory of a worker while draining"),
    LATENCY_P50("latency-200-p50", "ms", "latency at 200/s, p50"),
    LATENCY_P99("latency-200-p99", "ms", "latency at 200/s, p99"),
    LATENCY_MAX("latency-200-max", "ms", "latency at 200/s, max"),
    HALF_P50("latency-half-p50", "ms", "latency at half the drain rate, p50"),
    HALF_P99("latency-half-p99", "ms", "latency at half the drain rate, p99"),
    HALF_MAX("latency-half-max", "ms", "latency at half the drain rate, max"),
    RECLAIM("reclaim", "s", "reclaim after kill -9"),
    SESSION_TTL("session-ttl", "s", "effective session TTL in that test"),
    DRAIN_UNDISTRIBUTED("drain-undistributed", "jobs/s", "drain, distribution off"),
    DRAIN_BACKLOG("drain-backlog", "jobs/s", "drain behind a backlog"),
    DRAIN_IDLE_QUEUES("drain-idle-queues", "jobs/s", "drain beside idle queues"),
    DRAIN_FINISHED("drain-finished", "jobs/s", "drain after many finished jobs"),
    DRAIN_FOREIGN("drain-foreign-transaction", "jobs/s", "drain while a foreign transaction is open");

    private final String id;
    private final String unit;
    private final String label;

    Measure(String id, String unit, String label) {
        this.id = id;
        this.unit = unit;
        this.label = label;
    }

    public String id() {
        return id;
    }

    public String unit() {
        return unit;
    }

    public String label() {
        return label;
    }

    public boolean isRate() {
        return unit.equals("jobs/s");
    }

    public static Optional<Measure> of(String id) {
        return Arrays.stream(values()).filter(measure -> measure.id.equals(id)).findFirst();
    }
}
