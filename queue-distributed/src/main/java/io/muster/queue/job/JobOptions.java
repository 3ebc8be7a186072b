package io.muster.queue.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a job is run and retried. J2
 *
 * @param tries handler starts before it fails; 0 is without limit
 * @param timeout longest run of one attempt
 * @param backoff wait before the next try: the n-th after the n-th failure, the last one repeats; empty is none
 * @param retryUntil replaces tries: retried until this moment
 * @param maxExceptions thrown exceptions before it fails, however many tries are left
 * @param onTimeout whether a timeout is retried like an exception or fails the job
 * @param maxCrashes crashes as a suspect before it fails (J12)
 * @param priority higher goes first within its queue, −1000 to 1000
 */
public record JobOptions(
        int tries,
        Duration timeout,
        List<Duration> backoff,
        Optional<Instant> retryUntil,
        Optional<Integer> maxExceptions,
        OnTimeout onTimeout,
        int maxCrashes,
        int priority) {
    public static final JobOptions DEFAULT = new JobOptions(
            1, Duration.ofSeconds(60), List.of(), Optional.empty(), Optional.empty(), OnTimeout.RETRY, 3, 0);

    /** What a timeout does. */
    public enum OnTimeout {
        RETRY,
        FAIL
    }

    public JobOptions {
        backoff = List.copyOf(backoff);
        if (tries < 0) {
            throw new IllegalArgumentException("tries must be 0 (without limit) or more, not " + tries);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, not " + timeout);
        }
        for (Duration wait : backoff) {
            if (wait.isNegative()) {
                throw new IllegalArgumentException("backoff must not be negative: " + wait);
            }
        }
        if (maxExceptions.isPresent() && maxExceptions.get() < 1) {
            throw new IllegalArgumentException("maxExceptions must be at least 1, not " + maxExceptions.get());
        }
    }

    public JobOptions withTries(int changed) {
        return new JobOptions(changed, timeout, backoff, retryUntil, maxExceptions, onTimeout, maxCrashes, priority);
    }

    public JobOptions withTimeout(Duration changed) {
        return new JobOptions(tries, changed, backoff, retryUntil, maxExceptions, onTimeout, maxCrashes, priority);
    }

    public JobOptions withBackoff(Duration... changed) {
        return new JobOptions(
                tries, timeout, List.of(changed), retryUntil, maxExceptions, onTimeout, maxCrashes, priority);
    }

    public JobOptions withRetryUntil(Instant changed) {
        return new JobOptions(
                tries, timeout, backoff, Optional.of(changed), maxExceptions, onTimeout, maxCrashes, priority);
    }

    public JobOptions withMaxExceptions(int changed) {
        return new JobOptions(
                tries, timeout, backoff, retryUntil, Optional.of(changed), onTimeout, maxCrashes, priority);
    }

    public JobOptions withOnTimeout(OnTimeout changed) {
        return new JobOptions(tries, timeout, backoff, retryUntil, maxExceptions, changed, maxCrashes, priority);
    }

    public JobOptions withMaxCrashes(int changed) {
        return new JobOptions(tries, timeout, backoff, retryUntil, maxExceptions, onTimeout, changed, priority);
    }

    public JobOptions withPriority(int changed) {
        return new JobOptions(tries, timeout, backoff, retryUntil, maxExceptions, onTimeout, maxCrashes, changed);
    }

    /** The wait after {@code failures} failures (from 1). */
    public Duration backoffAfter(int failures) {
        return backoff.isEmpty() ? Duration.ZERO : backoff.get(Math.min(failures, backoff.size()) - 1);
    }
}
