package io.muster.queue.worker;

import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.JobOptions;
import io.muster.queue.worker.WorkLimits.WhenEmpty;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A worker pool of a node. What is wrong is refused at once, naming the option. K1
 *
 * @param name unique on the node
 * @param order what it serves: strict, the most wanted first, or by weights (Q6)
 * @param concurrency handlers at once
 * @param sleep how often it asks without being told, in case a notification was lost; at least one second; if a leader assigns,
 *     a fifth as often after a while in which nothing came, but every 15 seconds if it is shorter than that
 * @param rest how long a slot pauses between two jobs; zero by default
 * @param jobDefaults options of jobs that say nothing themselves: tries, timeout, backoff and the like; what only counts at dispatch is
 *     not used
 * @param limits when it ends by itself; never by default
 * @param traits what else it does unlike others
 */
public record PoolOptions(
        String name,
        QueueOrder order,
        int concurrency,
        Duration sleep,
        Duration rest,
        JobOptions jobDefaults,
        WorkLimits limits,
        Set<Trait> traits) {
    public static final Duration DEFAULT_SLEEP = Duration.ofSeconds(3);

    private static final Duration LEAST_SLEEP = Duration.ofSeconds(1);

    /** What some pools do. */
    public enum Trait {
        /** It goes on in maintenance (K6). */
        FORCE,
        /** It logs each job with its id, when it begins and when it has ended. */
        VERBOSE
    }

    public PoolOptions {
        if (order.queues().isEmpty()) {
            throw new IllegalArgumentException("Pool \"" + name + "\" serves no queue; name at least one");
        }
        if (name.isBlank()) {
            throw new IllegalArgumentException("A pool needs a name");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException(
                    "Pool \"" + name + "\" needs a concurrency of at least 1, not " + concurrency);
        }
        if (sleep.compareTo(LEAST_SLEEP) < 0) {
            throw new IllegalArgumentException("Pool \"" + name
                    + "\" may ask at most once a second: its sleep must be at least PT1S, not " + sleep);
        }
        if (rest.isNegative()) {
            throw new IllegalArgumentException("Pool \"" + name + "\" needs a rest of zero or more, not " + rest);
        }
        traits = Set.copyOf(traits);
    }

    /** A pool with a strict order, named after its first queue, one job at a time. */
    public static PoolOptions of(String... queues) {
        return of(QueueOrder.strict(queues));
    }

    /** A pool named after its first queue, one job at a time. */
    public static PoolOptions of(QueueOrder order) {
        List<String> queues = order.queues();
        return new PoolOptions(
                queues.isEmpty() ? "" : queues.get(0),
                order,
                1,
                DEFAULT_SLEEP,
                Duration.ZERO,
                JobOptions.DEFAULT,
                WorkLimits.NONE,
                Set.of());
    }

    /** What it serves. */
    public List<String> queues() {
        return order.queues();
    }

    /** How long a job that says nothing itself may run. */
    public Duration timeout() {
        return jobDefaults.timeout().orElse(AttemptOptions.DEFAULT_TIMEOUT);
    }

    /** Whether it has a trait. */
    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    public PoolOptions withName(String changed) {
        return new PoolOptions(changed, order, concurrency, sleep, rest, jobDefaults, limits, traits);
    }

    public PoolOptions withConcurrency(int changed) {
        return new PoolOptions(name, order, changed, sleep, rest, jobDefaults, limits, traits);
    }

    /** How often it asks without being told. */
    public PoolOptions withSleep(Duration changed) {
        return new PoolOptions(name, order, concurrency, changed, rest, jobDefaults, limits, traits);
    }

    /** How long each slot pauses between two jobs. */
    public PoolOptions withRest(Duration changed) {
        return new PoolOptions(name, order, concurrency, sleep, changed, jobDefaults, limits, traits);
    }

    /** Options of jobs that say nothing themselves; a value on the job beats them. J2 */
    public PoolOptions withJobDefaults(JobOptions changed) {
        return new PoolOptions(name, order, concurrency, sleep, rest, changed, limits, traits);
    }

    /** Handler starts before a job fails that says nothing itself; 0 is without limit. */
    public PoolOptions withTries(int changed) {
        return withJobDefaults(jobDefaults.withTries(changed));
    }

    /** Longest run of one attempt of a job that says nothing itself. */
    public PoolOptions withTimeout(Duration changed) {
        return withJobDefaults(jobDefaults.withTimeout(changed));
    }

    /** Waits before the next tries of a job that says nothing itself; the last one repeats. */
    public PoolOptions withBackoff(Duration... changed) {
        return withJobDefaults(jobDefaults.withBackoff(changed));
    }

    /** It ends after one job; or, if there is none to be found, after its sleep. */
    public PoolOptions withOnce() {
        return withLimits(limits.withMaxJobs(1).withWhenEmpty(WhenEmpty.STOP_AFTER_SLEEP));
    }

    /** It ends when it finds nothing that it could run: what is delayed, paused or held back counts as nothing. */
    public PoolOptions withStopWhenEmpty() {
        return withLimits(limits.withWhenEmpty(WhenEmpty.STOP));
    }

    /** It ends after so many attempts. */
    public PoolOptions withMaxJobs(int changed) {
        return withLimits(limits.withMaxJobs(changed));
    }

    /** It ends after so long. */
    public PoolOptions withMaxTime(Duration changed) {
        return withLimits(limits.withMaxTime(changed));
    }

    /** It ends once the process's used heap after a garbage collection is above so many MiB. */
    public PoolOptions withMemoryMiB(int changed) {
        return withLimits(limits.withMemoryMiB(changed));
    }

    /** It goes on in maintenance. K6 */
    public PoolOptions withForce() {
        return with(Trait.FORCE);
    }

    /** It logs each job with its id. */
    public PoolOptions withVerbose() {
        return with(Trait.VERBOSE);
    }

    private PoolOptions withLimits(WorkLimits changed) {
        return new PoolOptions(name, order, concurrency, sleep, rest, jobDefaults, changed, traits);
    }

    private PoolOptions with(Trait trait) {
        Set<Trait> more = EnumSet.of(trait);
        more.addAll(traits);
        return new PoolOptions(name, order, concurrency, sleep, rest, jobDefaults, limits, more);
    }
}
