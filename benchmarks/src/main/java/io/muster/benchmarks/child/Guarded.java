package io.muster.benchmarks.child;

import io.muster.queue.job.Dispatchable;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limit;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.Skip;
import io.muster.queue.middleware.ThrottlesExceptions;
import io.muster.queue.middleware.WithoutOverlapping;
import java.time.Duration;
import java.util.List;

/**
 * A payload whose handling is wrapped by middleware that never binds.
 *
 * @param key of its overlap guard, another one for each job
 */
record Guarded(Payload payload, Guard guard, String key) implements Dispatchable {
    static final String TYPE = "bench-guarded";
    static final String LIMITER = "bench";
    /** More than any machine handles. */
    static final Limit LIMIT = Limit.perSecond(100_000_000);

    /** What wraps it. */
    enum Guard {
        NONE,
        LIMITER,
        ALL
    }

    @Override
    public List<Middleware> middleware() {
        return switch (guard) {
            case NONE -> List.of();
            case LIMITER -> List.of(RateLimited.by(LIMITER));
            case ALL ->
                List.of(
                        RateLimited.by(LIMITER),
                        ThrottlesExceptions.after(10, Duration.ofMinutes(1)),
                        Skip.when(false),
                        WithoutOverlapping.on(key),
                        invocation -> invocation.proceed());
        };
    }
}
