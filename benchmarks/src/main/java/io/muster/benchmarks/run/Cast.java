package io.muster.benchmarks.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The running processes of one contender: a producer and workers, which are paused but while something is measured. */
final class Cast implements AutoCloseable {
    static final int CHUNK = 1_000;
    private static final Duration LOOK = Duration.ofMillis(25);
    private static final Duration STUCK = Duration.ofSeconds(60);

    private final Contender contender;
    private final List<Child> workers = new ArrayList<>();
    private final Child producer;
    private boolean paused = true;

    private Cast(Contender contender, Child producer) {
        this.contender = contender;
        this.producer = producer;
    }

    /** With one worker, paused. */
    static Cast open(Contender contender) {
        if (contender.hasOneProcess()) {
            Child both = contender.workers().start("only", Map.of());
            Cast cast = new Cast(contender, both);
            cast.workers.add(both);
            cast.pause();
            return cast;
        }
        Cast cast = new Cast(contender, contender.producer().start("producer"));
        boolean complete = false;
        try {
            if (contender.isOurs()) {
                cast.pause();
            }
            cast.hire("one", Map.of());
            complete = true;
            return cast;
        } finally {
            if (!complete) {
                cast.close();
            }
        }
    }

    Contender contender() {
        return contender;
    }

    Child producer() {
        return producer;
    }

    Child worker() {
        return workers.get(0);
    }

    /** How many workers there are. */
    int size() {
        return workers.size();
    }

    /** One worker more, paused if the cast is. */
    Child hire(String name, Map<String, String> settings) {
        Child worker = contender.workers().start(name, settings);
        workers.add(worker);
        if (paused && !contender.isOurs()) {
            worker.ask("pause");
        }
        return worker;
    }

    /** Ends all workers but the first {@code kept}. */
    void dismissBut(int kept) {
        while (workers.size() > kept) {
            workers.remove(workers.size() - 1).close();
        }
    }

    /** No longer ours to end: it was killed. */
    void forget(Child worker) {
        workers.remove(worker);
    }

    long left() {
        return (long) producer.ask("left").number("left");
    }

    /** Pushes until {@code jobs} are waiting, or as many as the store is asked to hold. */
    void fill(long jobs) {
        fillTo(Math.min(jobs, contender.mostJobs()));
    }

    /** Pushes until {@code jobs} are waiting. */
    void fillTo(long jobs) {
        long missing = jobs - left();
        if (missing > 0) {
            producer.ask("bulk 0 " + missing + " " + CHUNK, Duration.ofMinutes(5));
        }
    }

    /** Muster's queue is paused, for the whole cluster at once; others have workers that can be. */
    void pause() {
        paused = true;
        pausable().forEach(child -> child.ask("pause"));
    }

    private List<Child> pausable() {
        return contender.isOurs() ? List.of(producer) : workers;
    }

    void zero() {
        workers.forEach(worker -> worker.ask("zero"));
    }

    /** The moment at which the first began. */
    long resume() {
        paused = false;
        long first = Long.MAX_VALUE;
        for (Child child : pausable()) {
            first = Math.min(first, (long) child.ask("resume").number("nanos"));
        }
        return first;
    }

    double cpuMicros() {
        return workers.stream()
                .mapToDouble(worker -> Usage.cpuMicros(worker.pid()))
                .sum();
    }

    /**
     * How many jobs were settled since {@link #zero}, and when the last of them was.
     *
     * @param nanos on the monotonic clock, to two milliseconds
     */
    record Settled(long jobs, long nanos) {}

    /** Waits until at least {@code jobs} have been settled since {@link #zero}. */
    Settled awaitSettled(long jobs) {
        Settled[] seen = {new Settled(-1, 0)};
        long[] progress = {System.nanoTime()};
        await("settle " + jobs + " jobs", STUCK.multipliedBy(10), () -> {
            Settled now = settled();
            if (now.jobs() > seen[0].jobs()) {
                progress[0] = System.nanoTime();
            }
            seen[0] = now;
            if (System.nanoTime() - progress[0] > STUCK.toNanos()) {
                throw new BenchException(contender.system() + " stands still at " + now.jobs() + " of " + jobs
                        + " jobs; " + left() + " are left");
            }
            return now.jobs() >= jobs;
        });
        return seen[0];
    }

    private Settled settled() {
        long jobs = 0;
        long last = 0;
        for (Child worker : workers) {
            Child.Answer count = worker.ask("count");
            jobs += (long) count.number("settled");
            last = Math.max(last, (long) count.number("last"));
        }
        return new Settled(jobs, last);
    }

    /** What was handed out before the pause has ended. */
    void awaitStillness() {
        Settled[] before = {settled()};
        await("stand still", STUCK, () -> {
            LockSupport.parkNanos(LOOK.toNanos() * 4);
            Settled now = settled();
            boolean still = now.jobs() == before[0].jobs();
            before[0] = now;
            return still;
        });
    }

    /** Every job that was pushed is settled, says the store. */
    void awaitNothingLeft() {
        await("have nothing left", STUCK, () -> left() == 0);
    }

    void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new BenchException(contender.system() + " did not " + what + " within " + limit);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    @Override
    public void close() {
        dismissBut(0);
        producer.close();
    }
}
