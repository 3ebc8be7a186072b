package io.muster.benchmarks.report;

import java.util.Arrays;
import java.util.Optional;

/** What is measured. */
public enum Measure {
    PUSH_ONE("push-one", "jobs/s", "push one by one, synchronous"),
    PUSH_CALLERS("push-50-callers", "jobs/s", "push, 50 callers"),
    PUSH_ASYNC("push-50-async", "jobs/s", "push, 50 callers that do not block"),
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
    WORKER_CPU_THREE("cpu-worker-3-nodes", "µs/job", "CPU of all workers per job drained by three node processes"),
    SERVER_CPU_THREE("cpu-server-3-nodes", "µs/job", "CPU of the server per job drained by three node processes"),
    DRAIN_UNDISTRIBUTED("drain-undistributed", "jobs/s", "drain, distribution off"),
    WORKER_CPU_UNDISTRIBUTED("cpu-worker-undistributed", "µs/job", "CPU of the worker per job, distribution off"),
    SERVER_CPU_UNDISTRIBUTED("cpu-server-undistributed", "µs/job", "CPU of the server per job, distribution off"),
    LATENCY_UNDISTRIBUTED_P50("latency-200-undistributed-p50", "ms", "latency at 200/s, distribution off, p50"),
    LATENCY_UNDISTRIBUTED_P99("latency-200-undistributed-p99", "ms", "latency at 200/s, distribution off, p99"),
    LATENCY_UNDISTRIBUTED_MAX("latency-200-undistributed-max", "ms", "latency at 200/s, distribution off, max"),
    DRAIN_LIMITED("drain-limited", "jobs/s", "drain within a limiter that does not bind"),
    WORKER_CPU_LIMITED("cpu-worker-limited", "µs/job", "CPU of the worker per job within a limiter"),
    SERVER_CPU_LIMITED("cpu-server-limited", "µs/job", "CPU of the server per job within a limiter"),
    DRAIN_GUARDED("drain-middleware", "jobs/s", "drain within all middleware, none of which binds"),
    WORKER_CPU_GUARDED("cpu-worker-middleware", "µs/job", "CPU of the worker per job within all middleware"),
    SERVER_CPU_GUARDED("cpu-server-middleware", "µs/job", "CPU of the server per job within all middleware"),
    DRAIN_BATCHED("drain-batch", "jobs/s", "drain of batches of 100,000 jobs"),
    WORKER_CPU_BATCHED("cpu-worker-batch", "µs/job", "CPU of the worker per job of a batch"),
    SERVER_CPU_BATCHED("cpu-server-batch", "µs/job", "CPU of the server per job of a batch"),
    DRAIN_IDLE_QUEUES("drain-idle-queues", "jobs/s", "drain beside a thousand idle queues"),
    WORKER_CPU_IDLE_QUEUES("cpu-worker-idle-queues", "µs/job", "CPU of the worker per job beside idle queues"),
    SERVER_CPU_IDLE_QUEUES("cpu-server-idle-queues", "µs/job", "CPU of the server per job beside idle queues"),
    DRAIN_SERVED_QUEUES("drain-served-queues", "jobs/s", "drain of one of a thousand queues that are served"),
    WORKER_CPU_SERVED_QUEUES(
            "cpu-worker-served-queues", "µs/job", "CPU of the worker per job, a thousand queues served"),
    SERVER_CPU_SERVED_QUEUES(
            "cpu-server-served-queues", "µs/job", "CPU of the server per job, a thousand queues served"),
    DRAIN_FOREIGN("drain-foreign-transaction", "jobs/s", "drain while a foreign transaction is open"),
    WORKER_CPU_FOREIGN("cpu-worker-foreign-transaction", "µs/job", "CPU of the worker per job, foreign transaction"),
    SERVER_CPU_FOREIGN("cpu-server-foreign-transaction", "µs/job", "CPU of the server per job, foreign transaction"),
    DRAIN_BACKLOG("drain-backlog", "jobs/s", "drain at the head of a backlog"),
    WORKER_CPU_BACKLOG("cpu-worker-backlog", "µs/job", "CPU of the worker per job with a backlog"),
    SERVER_CPU_BACKLOG("cpu-server-backlog", "µs/job", "CPU of the server per job with a backlog"),
    DRAIN_FINISHED("drain-finished", "jobs/s", "drain beside many finished jobs"),
    WORKER_CPU_FINISHED("cpu-worker-finished", "µs/job", "CPU of the worker per job beside finished jobs"),
    SERVER_CPU_FINISHED("cpu-server-finished", "µs/job", "CPU of the server per job beside finished jobs");

    /** The word that names all extras at once. */
    public static final String EXTRAS = "extras";

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

    /** Whether it is one of those which are compared with a bare drain, and which only a word of their own or a whole run asks for. */
    public boolean isExtra() {
        return compareTo(DRAIN_UNDISTRIBUTED) >= 0;
    }

    public static Optional<Measure> of(String id) {
        return Arrays.stream(values()).filter(measure -> measure.id.equals(id)).findFirst();
    }
}
