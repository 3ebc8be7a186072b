package io.muster.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What was promised as ratios within one run, and whether this run keeps it. */
public final class Bars {
    private static final String MUSTER = "muster";
    private static final List<String> COORDINATORS = List.of("etcd", "zookeeper", "consul");

    private final Figures figures;
    private final List<Verdict> verdicts = new ArrayList<>();

    /**
     * One bar.
     *
     * @param bar the limit in words
     * @param value what was measured, in the bar's terms; empty: it was not
     */
    public record Verdict(String store, String bar, OptionalDouble value, boolean met) {
        @Override
        public String toString() {
            String found = value.isPresent()
                    ? String.format(Locale.ROOT, "%.2f  %s", value.getAsDouble(), met ? "met" : "MISSED")
                    : "not measured";
            return String.format(Locale.ROOT, "%-12s %-72s %s", store, bar, found);
        }
    }

    private Bars(Figures figures) {
        this.figures = figures;
    }

    /** All bars; those of stores that were not measured are left out. */
    public static List<Verdict> judge(Figures figures) {
        Bars bars = new Bars(figures);
        if (bars.has("redis")) {
            bars.redis();
        }
        if (bars.has("postgresql")) {
            bars.postgresql();
        }
        COORDINATORS.stream().filter(bars::has).forEach(bars::clusterStore);
        return bars.verdicts;
    }

    private boolean has(String store) {
        return figures.rows().stream()
                .anyMatch(row -> row.store().equals(store) && row.system().equals(MUSTER));
    }

    private void redis() {
        String store = "redis";
        least(store, "drain ≥ 0.5 × reliable ceiling", ceiling(store, Measure.DRAIN), 0.5);
        least(store, "drain ≥ 8 × BullMQ", peer(store, Measure.DRAIN, "bullmq"), 8);
        least(store, "bulk push ≥ 0.6 × reliable ceiling", ceiling(store, Measure.PUSH_BULK), 0.6);
        least(store, "push, 50 callers or async ≥ 5 × BullMQ, whose callers do not block", callers(store), 5);
        least(store, "push one by one ≥ 0.8 × one script call per job", ceiling(store, Measure.PUSH_ONE), 0.8);
        latency(store, "latency p99 ≤ max(2 × raw LPUSH→BRPOP, 8 ms), as a part of that", 8);
        OptionalDouble worker = median(store, Measure.WORKER_CPU);
        OptionalDouble server = median(store, Measure.SERVER_CPU);
        most(
                store,
                "CPU of worker and server ≤ 28 µs per job",
                worker.isPresent() && server.isPresent()
                        ? OptionalDouble.of(worker.getAsDouble() + server.getAsDouble())
                        : OptionalDouble.empty(),
                28);
        undistributed(store);
        common(store);
    }

    /** Those that block or those that do not, whichever is faster. */
    private OptionalDouble callers(String store) {
        return Stream.of(Measure.PUSH_CALLERS, Measure.PUSH_ASYNC)
                .flatMapToDouble(
                        measure -> figures.ratio(measure, MUSTER, Measure.PUSH_CALLERS, "bullmq", store).stream())
                .max();
    }

    private void postgresql() {
        String store = "postgresql";
        least(store, "drain ≥ 0.5 × claim and acknowledge", ceiling(store, Measure.DRAIN), 0.5);
        least(store, "drain ≥ 4 × db-scheduler", peer(store, Measure.DRAIN, "db-scheduler"), 4);
        least(store, "bulk push ≥ 0.6 × batched insert", ceiling(store, Measure.PUSH_BULK), 0.6);
        OptionalDouble pgbench = peer(store, Measure.PUSH_CALLERS, "pgbench");
        if (pgbench.isPresent()) {
            least(store, "push, 50 callers ≥ 0.8 × pgbench with 10 clients", pgbench, 0.8);
        } else {
            least(store, "push, 50 callers ≥ 0.8 × inserts of 10 clients", ceiling(store, Measure.PUSH_CALLERS), 0.8);
        }
        least(store, "push one by one ≥ 0.9 × single-row insert", ceiling(store, Measure.PUSH_ONE), 0.9);
        latency(store, "latency p99 ≤ max(2 × raw NOTIFY, 20 ms), as a part of that", 20);
        most(store, "CPU of the worker ≤ 40 µs per job", median(store, Measure.WORKER_CPU), 40);
        undistributed(store);
        common(store);
    }

    private void clusterStore(String store) {
        OptionalDouble half = ceiling(store, Measure.DRAIN);
        least(
                store,
                "drain ≥ 0.4 × half the fenced batch rate",
                half.isPresent() ? OptionalDouble.of(half.getAsDouble() * 2) : half,
                0.4);
        most(store, "latency p99 ≤ 60 ms", median(store, Measure.LATENCY_P99), 60);
        common(store);
    }

    /** With distribution switched off the figures hold too. */
    private void undistributed(String store) {
        if (figures.find(Measure.DRAIN_UNDISTRIBUTED, MUSTER, store).isPresent()) {
            least(
                    store,
                    "drain, distribution off ≥ 0.5 × ceiling",
                    figures.ratio(Measure.DRAIN_UNDISTRIBUTED, MUSTER, Measure.DRAIN, Figures.CEILING, store),
                    0.5);
        }
    }

    private void common(String store) {
        OptionalDouble reclaim = median(store, Measure.RECLAIM);
        OptionalDouble ttl = median(store, Measure.SESSION_TTL);
        most(
                store,
                "reclaim after kill -9 ≤ effective session TTL + 1 s, as seconds beyond the TTL",
                reclaim.isPresent() && ttl.isPresent()
                        ? OptionalDouble.of(reclaim.getAsDouble() - ttl.getAsDouble())
                        : OptionalDouble.empty(),
                1);
        most(store, "memory of a worker ≤ 260 MiB at -Xmx128m", median(store, Measure.WORKER_RSS), 260);
        least(
                store,
                "three node processes drain ≥ 0.8 × one",
                figures.ratio(Measure.DRAIN_THREE, MUSTER, Measure.DRAIN, MUSTER, store),
                0.8);
        for (Drain burdened : List.of(
                Drain.BACKLOG, Drain.IDLE_QUEUES, Drain.SERVED_QUEUES, Drain.FINISHED, Drain.FOREIGN, Drain.LIMITED)) {
            burdened(store, burdened.rate(), 0.9);
        }
        burdened(store, Drain.GUARDED.rate(), 0.8);
        burdened(store, Drain.BATCHED.rate(), 0.75);
    }

    private void burdened(String store, Measure measure, double part) {
        if (figures.find(measure, MUSTER, store).isPresent()) {
            least(
                    store,
                    measure.label() + " ≥ " + part + " × bare drain",
                    figures.ratio(measure, MUSTER, measure, Figures.BARE, store),
                    part);
        }
    }

    private void latency(String store, String bar, double floorMillis) {
        OptionalDouble own = median(store, Measure.LATENCY_P99);
        Optional<Row> raw = figures.find(Measure.LATENCY_P99, Figures.CEILING, store);
        most(
                store,
                bar,
                own.isPresent() && raw.isPresent()
                        ? OptionalDouble.of(
                                own.getAsDouble() / Math.max(2 * raw.get().median(), floorMillis))
                        : OptionalDouble.empty(),
                1);
    }

    private OptionalDouble ceiling(String store, Measure measure) {
        return figures.ratio(measure, MUSTER, measure, Figures.CEILING, store);
    }

    private OptionalDouble peer(String store, Measure measure, String peer) {
        return figures.ratio(measure, MUSTER, measure, peer, store);
    }

    private OptionalDouble median(String store, Measure measure) {
        return figures.find(measure, MUSTER, store)
                .map(row -> OptionalDouble.of(row.median()))
                .orElse(OptionalDouble.empty());
    }

    private void least(String store, String bar, OptionalDouble value, double limit) {
        verdicts.add(new Verdict(store, bar, value, value.isPresent() && value.getAsDouble() >= limit));
    }

    private void most(String store, String bar, OptionalDouble value, double limit) {
        verdicts.add(new Verdict(store, bar, value, value.isPresent() && value.getAsDouble() <= limit));
    }
}
