package io.muster.queue.middleware;

import io.muster.queue.job.Invocation;
import io.muster.queue.job.Middleware;
import io.muster.queue.limit.Limit;
import io.muster.queue.limit.Limits;
import java.util.List;
import java.util.Optional;

/**
 * Lets as many jobs through as a named limiter allows, in the whole cluster. A job over the limit is held back until it is due, which costs no
 * try, and is not handed out before; or it is dropped. A job may name any number of limiters: each must let it through. Immutable. M2
 *
 * <pre>{@code
 * Queue.named("shop").limiter("backups", job -> Limit.perHour(1).by(((Backup) job).userId()))
 *
 * public List<Middleware> middleware() {
 *     return List.of(RateLimited.by("backups"));
 * }
 * }</pre>
 *
 * <p>A limit is kept in the job store, in windows (see {@link Limit}): never more jobs begin in a window than it allows; somewhat fewer may
 * while nodes hold permits that they do not use. No order is promised among jobs that wait for a limit. With the driver
 * {@code sync} the limit is for the jobs of this process, and one over it fails, as nothing keeps it.
 */
public final class RateLimited implements Middleware {
    private final String limiter;
    private final boolean waits;

    private RateLimited(String limiter, boolean waits) {
        this.limiter = limiter;
        this.waits = waits;
    }

    /** Limited by the limiter that was registered under this name wherever the job runs. */
    public static RateLimited by(String limiter) {
        return new RateLimited(limiter, true);
    }

    /** The limiter's name. */
    public String limiter() {
        return limiter;
    }

    /** A job over the limit is dropped quietly, as DISCARDED. */
    public RateLimited orDrop() {
        return new RateLimited(limiter, false);
    }

    /** Limiters that are named among {@code middleware} and that {@code limits} do not know. */
    public static Optional<String> unknown(List<Middleware> middleware, Limits limits) {
        return middleware.stream()
                .filter(RateLimited.class::isInstance)
                .map(each -> ((RateLimited) each).limiter)
                .filter(name -> !limits.knows(name))
                .findFirst();
    }

    @Override
    public void handle(Invocation invocation) throws Exception {
        Limits limits = invocation.limits();
        Limit limit = limits.of(limiter, invocation.job());
        Limits.Permit permit = limits.take(limiter, limit, invocation.context().pushedAt(), waits);
        if (permit instanceof Limits.Permit.Granted granted) {
            invocation.proceed();
            if (!invocation.begun()) {
                limits.giveBack(granted, limit);
            }
        } else if (waits && permit instanceof Limits.Permit.Refused refused) {
            invocation.hold(refused.after());
        } else {
            invocation.context().delete("over the limit \"" + limiter + "\"");
        }
    }

    @Override
    public String toString() {
        return "RateLimited[" + limiter + "]";
    }
}
