package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Figures;
import io.muster.benchmarks.report.Measure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The single measurements. Each leaves its cast paused, with nothing left in the store unless it says so. */
final class Trials {
    private static final int LATENCY_RATE = 200;
    private static final int CALLERS = 50;
    private static final int LEAST_JOBS = 300;
    private static final int HELD = 5;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Stage stage;
    private final Figures figures;
    private final Pace pace;
    private final Progress progress;
    private final Map<String, Double> roughRates = new LinkedHashMap<>();

    Trials(Stage stage, Figures figures, Pace pace, Progress progress) {
        this.stage = stage;
        this.figures = figures;
        this.pace = pace;
        this.progress = progress;
    }

    /** Runs every path until compilers have seen it; finds a first rate. */
    void warmUp(Cast cast) {
        long began = System.nanoTime();
        long jobs = LEAST_JOBS;
        do {
            cast.producer().ask("one " + pace.warming().toMillis() / 20);
            cast.producer().ask("callers " + pace.warming().toMillis() / 20 + " " + CALLERS);
            cast.fill(jobs);
            Drained drained = drainAll(cast);
            roughRates.put(cast.contender().system(), drained.perSecond());
            jobs = Math.max(
                    LEAST_JOBS, (long) (drained.perSecond() * pace.warming().toMillis() / 4000));
        } while (System.nanoTime() - began < pace.warming().toNanos());
    }

    void ceiling(Child child, Measure measure, int round) {
        long millis = measure == Measure.LATENCY_P99
                ? pace.latency().toMillis() / 2
                : pace.pushing().toMillis();
        Child.Answer answer = child.ask(stage.ceilingVerbs().get(measure) + " " + millis);
        if (measure == Measure.LATENCY_P99) {
            addLatencies(Figures.CEILING, answer, round, Measure.LATENCY_P50, Measure.LATENCY_P99, Measure.LATENCY_MAX);
        } else {
            add(measure, Figures.CEILING, round, answer.number("perSecond"));
        }
    }

    void pushOne(Cast cast, int round) {
        push(cast, Measure.PUSH_ONE, "one " + pace.pushing().toMillis(), round);
    }

    void pushCallers(Cast cast, int round) {
        push(cast, Measure.PUSH_CALLERS, "callers " + pace.pushing().toMillis() + " " + CALLERS, round);
    }

    void pushBulk(Cast cast, int round) {
        long room = Math.max(Cast.CHUNK, cast.contender().mostJobs() - cast.left());
        push(cast, Measure.PUSH_BULK, "bulk " + pace.pushing().toMillis() + " " + room + " " + Cast.CHUNK, round);
    }

    private void push(Cast cast, Measure measure, String question, int round) {
        add(
                measure,
                cast.contender().system(),
                round,
                cast.producer().ask(question).number("perSecond"));
    }

    /** Drains as many jobs as last for the time that the pace says, and what was there before. */
    void drain(Cast cast, Measure measure, int round) {
        double rough = roughRates.getOrDefault(cast.contender().system(), 1000.0);
        cast.fill(Math.max(LEAST_JOBS, (long) (rough * pace.draining().toMillis() / 1000)));
        Drained drained = drainAll(cast);
        String system = cast.contender().system();
        add(measure, system, round, drained.perSecond());
        if (measure == Measure.DRAIN) {
            add(Measure.WORKER_CPU, system, round, drained.workerMicros());
            add(Measure.SERVER_CPU, system, round, drained.serverMicros());
            add(
                    Measure.WORKER_RSS,
                    system,
                    round,
                    Usage.peakMebibytes(cast.worker().pid()));
        }
    }

    /** What a drain was like. */
    private record Drained(double perSecond, double workerMicros, double serverMicros) {}

    private Drained drainAll(Cast cast) {
        long jobs = cast.left();
        cast.zero();
        double workerBefore = cast.cpuMicros();
        double serverBefore = stage.serverCpuMicros();
        long began = cast.resume();
        long ended = cast.awaitSettled(jobs);
        double worker = cast.cpuMicros() - workerBefore;
        double server = stage.serverCpuMicros() - serverBefore;
        cast.pause();
        cast.awaitNothingLeft();
        return new Drained(jobs * NANOS_PER_SECOND / Math.max(1, ended - began), worker / jobs, server / jobs);
    }

    void latency(Cast cast, int round) {
        stream(cast, LATENCY_RATE, round, Measure.LATENCY_P50, Measure.LATENCY_P99, Measure.LATENCY_MAX);
    }

    void latencyAtHalf(Cast cast, int round) {
        String system = cast.contender().system();
        double drain = figures.find(Measure.DRAIN, system, stage.store())
                .map(row -> row.median())
                .orElseGet(() -> roughRates.getOrDefault(system, 0.0));
        stream(cast, (int) Math.max(1, drain / 2), round, Measure.HALF_P50, Measure.HALF_P99, Measure.HALF_MAX);
    }

    private void stream(Cast cast, int perSecond, int round, Measure p50, Measure p99, Measure max) {
        cast.zero();
        cast.resume();
        long pushed = (long) cast.producer()
                .ask("rate " + perSecond + " " + pace.latency().toMillis())
                .number("count");
        cast.awaitSettled(pushed);
        Child.Answer report = cast.worker().ask("report");
        cast.pause();
        cast.awaitNothingLeft();
        addLatencies(cast.contender().system(), report, round, p50, p99, max);
    }

    private void addLatencies(String system, Child.Answer answer, int round, Measure p50, Measure p99, Measure max) {
        add(p50, system, round, answer.number("p50") / NANOS_PER_MILLI);
        add(p99, system, round, answer.number("p99") / NANOS_PER_MILLI);
        add(max, system, round, answer.number("max") / NANOS_PER_MILLI);
    }

    /**
     * Kills the worker that runs five jobs, which also leads, since it was there alone; the other one stands by. Ends when the last of the
     * five begins there.
     */
    void reclaim(Cast cast, int round) {
        cast.dismissBut(0);
        Child first = cast.hire("first-" + round, Map.of());
        cast.resume();
        cast.producer().ask("hold " + HELD + " " + first.name());
        cast.await("start " + HELD + " jobs", pace.latency().plusSeconds(60), () -> held(first) == HELD);
        Child second = cast.hire("second-" + round, Map.of());
        LockSupport.parkNanos((long) NANOS_PER_SECOND);
        long killed = System.nanoTime();
        cast.forget(first);
        first.kill();
        cast.await("take over " + HELD + " jobs", pace.latency().plusSeconds(120), () -> held(second) >= HELD);
        String system = cast.contender().system();
        double seconds = (second.ask("report").number("lastHeld") - killed) / NANOS_PER_SECOND;
        add(Measure.RECLAIM, system, round, seconds);
        if (first.introduction().has("ttl")) {
            add(Measure.SESSION_TTL, system, round, first.introduction().number("ttl") / 1000);
        }
        cast.awaitNothingLeft();
        cast.pause();
        cast.dismissBut(0);
    }

    private static int held(Child worker) {
        return (int) worker.ask("report").number("held");
    }

    private void add(Measure measure, String system, int round, double value) {
        figures.add(measure, system, stage.store(), round, value);
        progress.measured(stage.store(), system, measure, value);
    }
}
