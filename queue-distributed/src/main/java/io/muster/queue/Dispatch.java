package io.muster.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import io.muster.queue.job.JobOptions;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A job on its way into the queue: what is not said here comes from its type. Not thread-safe. J3 */
@CheckReturnValue
public final class Dispatch {
    private final Outlet outlet;
    private final Object job;
    private String queue;
    private JobOptions options;
    private Optional<String> id = Optional.empty();
    private Optional<Instant> dueAt = Optional.empty();
    private Optional<UniqueKey> unique = Optional.empty();
    private Optional<OverlapKey> overlap = Optional.empty();

    Dispatch(Outlet outlet, Object job, String queue, JobOptions options) {
        this.outlet = outlet;
        this.job = job;
        this.queue = queue;
        this.options = options;
    }

    public Dispatch onQueue(String chosen) {
        queue = chosen;
        return this;
    }

    /** Not before {@code delay} has passed, by the clock that judges due times. */
    public Dispatch delay(Duration delay) {
        dueAt = delay.isZero() || delay.isNegative()
                ? Optional.empty()
                : Optional.of(outlet.now().plus(delay));
        return this;
    }

    public Dispatch delay(Instant until) {
        dueAt = Optional.of(until);
        return this;
    }

    /** Overrides some of the type's options for this job. */
    public Dispatch options(UnaryOperator<JobOptions> change) {
        options = change.apply(options);
        return this;
    }

    /** The caller's own id: pushing it again does nothing while it is remembered. */
    public Dispatch id(String own) {
        id = Optional.of(own);
        return this;
    }

    /** At most one live job with this key. J5 */
    public Dispatch unique(UniqueKey key) {
        unique = Optional.of(key);
        return this;
    }

    /** At most one attempt at a time with this key. M3 */
    public Dispatch withoutOverlapping(OverlapKey key) {
        overlap = Optional.of(key);
        return this;
    }

    /** Pushes it; returns once the store has it, or holds another with its id or key. */
    public PushOutcome dispatch() {
        return outlet.push(build());
    }

    /** As {@link #dispatch}, without waiting. */
    public CompletableFuture<PushOutcome> dispatchAsync() {
        return outlet.pushAsync(build());
    }

    NewJob build() {
        NewJob plain = outlet.encode(job, queue, options, id);
        return new NewJob(
                plain.id(),
                plain.queue(),
                plain.type(),
                plain.payload(),
                options.priority(),
                dueAt,
                options.maxCrashes(),
                unique,
                overlap);
    }
}
