package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Drain;
import io.muster.benchmarks.report.Figures;
import io.muster.benchmarks.report.Measure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The single measurements. Each leaves its cast paused, with nothing left in the store unless it says so. */
final class Trials {
    /** For what takes as long as a million jobs take. */
    static final Duration LONG = Duration.ofMinutes(20);

    private static final int LATENCY_RATE = 200;
    private static final int CALLERS = 50;
    private static final int LEAST_JOBS = 300;
    private static final int HELD = 5;
    private static final int LONGEST_WARMING = 6;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Stage stage;
    private final Figures figures;
    private final Pace pace;
    private final Progress progress;
    private final Map<String, Double> roughRates = new LinkedHashMap<>();
    private int hired;

    Trials(Stage stage, Figures figures, Pace pace, Progress progress) {
        this.stage = stage;
        this.figures = figures;
        this.pace = pace;
        this.progress = progress;
    }

    /**
     * Runs every path until compilers have seen it, longer where several workers share the cores, and on coordinators as long as drains
     * become faster, within bounds; finds a first rate.
     */
    void warmUp(Cast cast) {
        Duration warming = pace.warming().multipliedBy(cast.size());
        Warmth warmth = new Warmth();
        long began = System.nanoTime();
        long jobs = LEAST_JOBS;
        do {
            cast.producer().ask("one " + pace.warming().toMillis() / 20);
            cast.producer().ask("callers " + pace.warming().toMillis() / 20 + " " + CALLERS);
            if (cast.contender().isOurs()) {
                cast.producer().ask("async " + pace.warming().toMillis() / 20 + " " + CALLERS);
            }
            cast.fill(jobs);
            Drained drained = drainAll(cast);
            cast.zero();
            cast.resume();
            trickle(cast, LATENCY_RATE, pace.warming().toMillis() / 10);
            cast.pause();
            cast.awaitNothingLeft();
            roughRates.put(cast.contender().system(), drained.perSecond());
            warmth.drained(drained.perSecond());
            jobs = Math.max(
                    LEAST_JOBS, (long) (drained.perSecond() * pace.warming().toMillis() / 4000));
        } while (System.nanoTime() - began < (warmth.isSteady() ? warming : longest(cast.size())).toNanos());
    }

    /** Ceilings are measured by processes that are as warm as the others. */
    void warmCeiling(Child child, Measure measure) {
        long began = System.nanoTime();
        Warmth warmth = new Warmth();
        do {
            Child.Answer answer = child.ask(
                    stage.ceilingVerbs().get(measure) + " " + pace.warming().toMillis() / 4);
            if (goesOnWarming()) {
                warmth.drained(answer.number("perSecond"));
            }
        } while (goesOnWarming()
                && !warmth.isSteady()
                && System.nanoTime() - began < longest(1).toNanos());
    }

    /** A coordinator lets so few jobs through that code stays cold for long; a quick run has no time for that. */
    private boolean goesOnWarming() {
        return stage.isCoordinator() && !pace.isQuick();
    }

    private Duration longest(int workers) {
        return pace.warming().multipliedBy((long) workers * (goesOnWarming() ? LONGEST_WARMING : 1));
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

    void yardstick(Yardstick yardstick, int round) {
        add(yardstick.measure(), yardstick.system(), round, yardstick.run().measure(pace.pushing()));
    }

    void pushOne(Cast cast, int round) {
        push(cast, Measure.PUSH_ONE, "one " + pace.pushing().toMillis(), round);
    }

    void pushCallers(Cast cast, int round) {
        push(cast, Measure.PUSH_CALLERS, "callers " + pace.pushing().toMillis() + " " + CALLERS, round);
    }

    /** BullMQ's fifty callers do not block either. */
    void pushAsync(Cast cast, int round) {
        push(cast, Measure.PUSH_ASYNC, "async " + pace.pushing().toMillis() + " " + CALLERS, round);
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
    void drain(Cast cast, Drain drain, int round) {
        cast.fill(jobsOfADrain(cast));
        Drained drained = drainAll(cast);
        String system = cast.contender().system();
        add(drain, system, round, drained);
        if (drain == Drain.ONE_NODE) {
            add(
                    Measure.WORKER_RSS,
                    system,
                    round,
                    Usage.peakMebibytes(cast.worker().pid()));
        }
    }

    private long jobsOfADrain(Cast cast) {
        double rough = roughRates.getOrDefault(cast.contender().system(), 1000.0);
        return Math.max(LEAST_JOBS, (long) (rough * pace.draining().toMillis() / 1000));
    }

    private void add(Drain drain, String system, int round, Drained drained) {
        add(drain.rate(), system, round, drained.perSecond());
        add(drain.workerCpu(), system, round, drained.workerMicros());
        add(drain.serverCpu(), system, round, drained.serverMicros());
    }

    /** Replaces all workers by one that is set like this, warm, with nothing left. */
    void ready(Cast cast, Map<String, String> settings) {
        cast.dismissBut(0);
        cast.hire("extra-" + ++hired, settings);
        warmUp(cast);
        // What the first long drain teaches the compiler would else be in favour of the burden that comes later.
        roughRates.put(cast.contender().system(), drainSome(cast, 0).perSecond());
    }

    void bareDrain(Cast cast, Drain burden, int round) {
        add(burden, Figures.BARE, round, drainSome(cast, 0));
    }

    /** As the bare drain; {@code waiting}: behind the jobs that are drained wait as many as make it so many. */
    void burdenedDrain(Cast cast, Drain burden, long waiting, int round) {
        add(burden, cast.contender().system(), round, drainSome(cast, waiting));
    }

    /** Stops the clock before the queue is empty, so that a backlog does not profit from its missing end. */
    private Drained drainSome(Cast cast, long waiting) {
        cast.fillTo(Math.max(waiting, filledForADrain(cast)));
        Drained drained = drain(cast, jobsOfADrain(cast));
        cast.awaitStillness();
        return drained;
    }

    /** So many wait at least when a drain under a burden begins. */
    long filledForADrain(Cast cast) {
        return jobsOfADrain(cast) * 5 / 4;
    }

    /** Has at least so many jobs pushed and completed. */
    void finish(Cast cast, long jobs) {
        for (long done = 0; done < jobs; ) {
            cast.fillTo(Math.min(jobs - done, cast.contender().mostJobs()));
            done += cast.left();
            drainAll(cast);
        }
    }

    /** What a drain was like. */
    private record Drained(double perSecond, double workerMicros, double serverMicros) {}

    private Drained drainAll(Cast cast) {
        Drained drained = drain(cast, cast.left());
        cast.awaitNothingLeft();
        return drained;
    }

    /** Until at least so many are settled; leaves the cast paused. */
    private Drained drain(Cast cast, long jobs) {
        cast.zero();
        double workerBefore = cast.cpuMicros();
        double serverBefore = stage.serverCpuMicros();
        long began = cast.resume();
        Cast.Settled settled = cast.awaitSettled(jobs);
        double worker = cast.cpuMicros() - workerBefore;
        double server = stage.serverCpuMicros() - serverBefore;
        cast.pause();
        return new Drained(
                settled.jobs() * NANOS_PER_SECOND / Math.max(1, settled.nanos() - began),
                worker / settled.jobs(),
                server / settled.jobs());
    }

    void latency(Cast cast, int round) {
        stream(cast, LATENCY_RATE, round, Measure.LATENCY_P50, Measure.LATENCY_P99, Measure.LATENCY_MAX);
    }

    void latencyUndistributed(Cast cast, int round) {
        drainAll(cast);
        stream(
                cast,
                LATENCY_RATE,
                round,
                Measure.LATENCY_UNDISTRIBUTED_P50,
                Measure.LATENCY_UNDISTRIBUTED_P99,
                Measure.LATENCY_UNDISTRIBUTED_MAX);
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
        trickle(cast, perSecond, pace.latency().toMillis());
        Child.Answer report = cast.worker().ask("report");
        cast.pause();
        cast.awaitNothingLeft();
        addLatencies(cast.contender().system(), report, round, p50, p99, max);
    }

    /** Jobs that come one after the other and are worked on as they come. */
    private static void trickle(Cast cast, int perSecond, long millis) {
        long pushed =
                (long) cast.producer().ask("rate " + perSecond + " " + millis).number("count");
        cast.awaitSettled(pushed);
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
