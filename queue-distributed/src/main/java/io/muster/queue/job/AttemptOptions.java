package io.muster.queue.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one attempt is run and what follows it: options with the defaults filled in. J2
 *
 * @param tries handler starts before it fails; 0 is without limit
 * @param timeout longest run of one attempt
 * @param backoff wait before the next try: the n-th after the n-th failure, the last one repeats; empty is none
 * @param retryUntil replaces tries: retried until this moment
 * @param maxExceptions thrown exceptions before it fails, however many tries are left
 * @param onTimeout whether a timeout is retried like an exception or fails the job
 * @param tags words to find it by
 */
public record AttemptOptions(
        int tries,
        Duration timeout,
        List<Duration> backoff,
        Optional<Instant> retryUntil,
        Optional<Integer> maxExceptions,
        JobOptions.OnTimeout onTimeout,
        Set<String> tags) {
    public static final int DEFAULT_TRIES = 1;
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    /** What is said, and the defaults for the rest. */
    public static AttemptOptions of(JobOptions options) {
        return new AttemptOptions(
                options.tries().orElse(DEFAULT_TRIES),
                options.timeout().orElse(DEFAULT_TIMEOUT),
                options.backoff().orElse(List.of()),
                options.retryUntil(),
                options.maxExceptions(),
                options.onTimeout().orElse(JobOptions.OnTimeout.RETRY),
                options.tags().orElse(Set.of()));
    }

    /** The wait after {@code failures} failures (from 1). */
    public Duration backoffAfter(int failures) {
        return backoff.isEmpty() ? Duration.ZERO : backoff.get(Math.min(failures, backoff.size()) - 1);
    }
}
