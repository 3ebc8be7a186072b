package io.muster.queue.middleware;

import io.muster.queue.job.Invocation;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limits;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Lets jobs wait while what they depend on is down: after so many exceptions within a time, none of them runs for that time, on any node. A job
 * that waits is held back, which costs no try; an attempt that threw was a try, so give such jobs enough of them, or a {@code retryUntil}. A
 * success forgets what was counted. Immutable. M4
 *
 * <pre>{@code
 * return List.of(ThrottlesExceptions.after(10, Duration.ofMinutes(5)).backoff(Duration.ofSeconds(30)));
 * }</pre>
 *
 * <p>Counted in the job store, by type unless {@link #by} says otherwise. Other nodes know within a quarter of a second that it has
 * come to waiting; what runs by then goes on. With the driver {@code sync}, within this process; a job that
 * would have to wait fails there.
 */
public final class ThrottlesExceptions implements Middleware {
    private final int exceptions;
    private final Duration period;
    private final Optional<Duration> backoff;
    private final Optional<String> key;
    private final Predicate<Throwable> counts;

    private ThrottlesExceptions(
            int exceptions,
            Duration period,
            Optional<Duration> backoff,
            Optional<String> key,
            Predicate<Throwable> counts) {
        this.exceptions = exceptions;
        this.period = period;
        this.backoff = backoff;
        this.key = key;
        this.counts = counts;
    }

    /** Waits for {@code period} once {@code exceptions} were thrown within it. */
    public static ThrottlesExceptions after(int exceptions, Duration period) {
        if (exceptions < 1) {
            throw new IllegalArgumentException("It takes at least 1 exception to wait, not " + exceptions);
        }
        if (period.toMillis() < 1) {
            throw new IllegalArgumentException("The time to wait is at least a millisecond, not " + period);
        }
        return new ThrottlesExceptions(exceptions, period, Optional.empty(), Optional.empty(), cause -> true);
    }

    /** The wait before the next try after an exception below the number; without it the job's own backoff decides, which is none unless said. */
    public ThrottlesExceptions backoff(Duration wait) {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("backoff must not be negative: " + wait);
        }
        return new ThrottlesExceptions(exceptions, period, Optional.of(wait), key, counts);
    }

    /** Jobs of all types with this key count together: those that use the same service, say. */
    public ThrottlesExceptions by(Object shared) {
        return new ThrottlesExceptions(exceptions, period, backoff, Optional.of(String.valueOf(shared)), counts);
    }

    /** Only exceptions that {@code condition} holds for are counted and waited for. */
    public ThrottlesExceptions when(Predicate<Throwable> condition) {
        return new ThrottlesExceptions(exceptions, period, backoff, key, condition);
    }

    @Override
    public void handle(Invocation invocation) throws Exception {
        Limits limits = invocation.limits();
        String name = name(invocation.context().type());
        Optional<Duration> wait = limits.blownFor(name, exceptions, period);
        if (wait.isPresent()) {
            invocation.hold(wait.get());
            return;
        }
        try {
            invocation.proceed();
        } catch (Exception | Error thrown) {
            if (counts.test(thrown) && invocation.context().isOwner()) {
                limits.threw(name, exceptions, period).or(() -> backoff).ifPresent(invocation::retryAfter);
            }
            throw thrown;
        }
        if (invocation.begun()) {
            limits.succeeded(name, exceptions, period);
        }
    }

    /** How long jobs of a type wait now by what the store has counted; empty if they may run. */
    public Optional<Duration> waits(Limits limits, String type) {
        return limits.blownNow(name(type), exceptions, period);
    }

    /** What exceptions of jobs of a type are counted by. */
    public String countedBy(String type) {
        return key.orElse(type);
    }

    private String name(String type) {
        return key.map(shared -> "/" + shared).orElse(type);
    }

    @Override
    public String toString() {
        return "ThrottlesExceptions[" + exceptions + " in " + period + "]";
    }
}
