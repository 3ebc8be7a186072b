package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Dispatchable;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobChain;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobFailure;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobSupplies;
import io.muster.queue.job.LateWorkflows;
import io.muster.queue.job.Ref;
import io.muster.queue.middleware.MiddlewareChain;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.unique.UniqueLease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt on its way through a handler: what the handler is told, what it asks for, and how that ends. The handler's thread
 * writes what was asked, everything else belongs to the pool's loop.
 */
final class HandlerRun implements JobContext {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerRun.class);

    private final Attempt taken;
    private final AttemptOptions options;
    private final JobFlow flow;
    private final Optional<UniqueLease> lease;
    private volatile @Nullable JobChain chain;
    private final Surroundings surroundings;
    private volatile @Nullable Outcome asked;
    private volatile @Nullable Duration askedRelease;
    private volatile @Nullable Duration held;
    private volatile @Nullable Duration retryAfter;
    private volatile @Nullable Throwable cause;
    private volatile int progress;
    private volatile boolean over;

    /**
     * Where attempts run.
     *
     * @param trusted whether the session is active at this moment
     * @param watch told of what begins and throws
     */
    record Surroundings(
            String node, BooleanSupplier trusted, JobSupplies supplies, Timeline timeline, PoolWatch watch) {}

    HandlerRun(Attempt attempt, AttemptOptions options, Surroundings surroundings) {
        this(attempt, options, surroundings, JobFlow.NONE, Optional.empty());
    }

    HandlerRun(
            Attempt attempt,
            AttemptOptions options,
            Surroundings surroundings,
            JobFlow flow,
            Optional<UniqueLease> lease) {
        this.flow = flow;
        this.lease = lease;
        this.taken = attempt;
        this.options = options;
        this.surroundings = surroundings;
    }

    Attempt taken() {
        return taken;
    }

    AttemptOptions options() {
        return options;
    }

    /** What the handler threw or failed with; empty if that is nothing. */
    Optional<Throwable> cause() {
        return Optional.ofNullable(cause);
    }

    /** Of one that asked to run again later, in which way. */
    Optional<String> heldBack() {
        return held != null
                ? Optional.of("held back")
                : Optional.ofNullable(askedRelease).map(delay -> "released");
    }

    int progress() {
        return progress;
    }

    /**
     * Calls the handler within its middleware on the current thread and says how the attempt ended; {@code discards} are
     * exceptions that drop the job. The handler boundary: catches everything.
     */
    <T> Outcome call(Supplier<Handler<T>> handler, T job, Predicate<Throwable> discards) {
        surroundings.watch().starting(taken);
        try {
            JobSupplies supplies = surroundings.supplies();
            MiddlewareChain.run(
                    supplies.around(job, queue()),
                    job,
                    new MiddlewareChain.Surroundings(
                            this,
                            delay -> held = delay,
                            delay -> retryAfter = delay,
                            supplies.cluster(),
                            supplies.limits()),
                    () -> handler.get().handle(job, this));
        } catch (Throwable thrown) {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            cause = thrown;
            surroundings.watch().threw(taken, thrown);
            return discards.test(thrown) ? new Settlement.Discarded(thrown.toString()) : thrown(job, thrown);
        }
        Duration hold = held;
        if (hold != null) {
            return Verdict.held(hold, options, now());
        }
        Duration delay = askedRelease;
        if (delay != null) {
            return Verdict.released(delay, options, taken.counters(), now());
        }
        Outcome outcome = asked;
        return outcome == null ? new Settlement.Completed() : outcome;
    }

    /** Its handler is about to start. */
    void freeKeyHeldUntilProcessing() {
        lease.filter(held -> held.until() == UniqueKey.Until.PROCESSING).ifPresent(this::free);
    }

    /** It ends for good, as far as this run knows: by an outcome that no other attempt follows on. */
    void freeKey() {
        lease.filter(held -> held.until() == UniqueKey.Until.SETTLED
                        && surroundings.trusted().getAsBoolean())
                .ifPresent(this::free);
    }

    private void free(UniqueLease held) {
        surroundings.supplies().leases().release(held, jobId());
    }

    /** The attempt is not this run's any more, whatever the handler still does. */
    void end() {
        over = true;
    }

    private Outcome thrown(Object job, Throwable thrown) {
        Outcome outcome = Verdict.thrown(thrown, options, taken.counters(), now());
        Duration wait = retryAfter;
        if (outcome instanceof Settlement.Released released && wait != null) {
            return new Settlement.Released(wait, released.why());
        }
        return outcome instanceof Settlement.Released released && job instanceof Dispatchable says
                ? new Settlement.Released(backoff(says, thrown).orElse(released.delay()), released.why())
                : outcome;
    }

    private Optional<Duration> backoff(Dispatchable job, Throwable thrown) {
        try {
            return job.backoff(Verdict.failuresSoFar(taken.counters()), thrown)
                    .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
        } catch (RuntimeException e) {
            LOG.warn("A job's backoff threw; it waits as its options say job={} type={}", jobId(), type(), e);
            return Optional.empty();
        }
    }

    private Instant now() {
        return surroundings.timeline().clock().instant();
    }

    /** What is to be pushed because it ended so. */
    List<OutboxEntry> following(Outcome outcome) {
        JobChain changed = chain;
        JobFlow current = changed == null ? flow : changed.flow();
        return current.equals(JobFlow.NONE) ? List.of() : current.following(jobId(), outcome, now());
    }

    @Override
    public JobChain chain() {
        JobChain known = chain;
        if (known == null) {
            known = new JobChain(flow, workflows().get(), queue());
            chain = known;
        }
        return known;
    }

    @Override
    public boolean isInBatch() {
        return batchId().isPresent();
    }

    @Override
    public Batch batch() {
        String id = batchId()
                .orElseThrow(() -> new IllegalStateException("Job " + jobId() + " of type \"" + type()
                        + "\" belongs to no batch; dispatch it by Queue.batch, or ask isInBatch first"));
        return workflows()
                .get()
                .find(id)
                .map(stored -> new Batch(stored, workflows()))
                .orElseThrow(() -> new IllegalStateException(
                        "Batch " + id + " of job " + jobId() + " is not known any more; it was pruned"));
    }

    @Override
    public Optional<JobFailure> failure() {
        return flow.failure().isPresent() || flow.of().isEmpty() ? flow.failure() : batch().firstFailure();
    }

    private Optional<String> batchId() {
        return flow.batch().or(flow::of);
    }

    private LateWorkflows workflows() {
        return surroundings.supplies().workflows();
    }

    @Override
    public String jobId() {
        return taken.token().jobId();
    }

    @Override
    public String queue() {
        return taken.queue();
    }

    @Override
    public String type() {
        return taken.type();
    }

    @Override
    public int attempt() {
        return taken.counters().starts();
    }

    @Override
    public int releases() {
        return taken.counters().releases();
    }

    @Override
    public Set<String> tags() {
        return options.tags();
    }

    @Override
    public int crashes() {
        return taken.counters().crashes();
    }

    @Override
    public long fencingToken() {
        return taken.fencingToken();
    }

    @Override
    public String node() {
        return surroundings.node();
    }

    @Override
    public Instant pushedAt() {
        return taken.pushedAt();
    }

    @Override
    public Duration timeout() {
        return options.timeout();
    }

    @Override
    public boolean isOwner() {
        return !over && surroundings.trusted().getAsBoolean();
    }

    @Override
    public void release(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("A release cannot be in the past: " + delay);
        }
        askedRelease = delay;
        asked = null;
        cause = null;
    }

    @Override
    public void release(Instant moment) {
        Duration delay = Duration.between(now(), moment);
        release(delay.isNegative() ? Duration.ZERO : delay);
    }

    @Override
    public void fail(String reason) {
        askedRelease = null;
        cause = null;
        asked = new Settlement.Failed(reason, "", Settlement.Why.ASKED);
    }

    @Override
    public void fail(Throwable reason) {
        askedRelease = null;
        cause = reason;
        asked = Verdict.failed(reason);
    }

    @Override
    public void delete(String reason) {
        askedRelease = null;
        asked = new Settlement.Discarded(reason);
    }

    @Override
    public void progress(int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("progress is a percentage from 0 to 100, not " + percent);
        }
        progress = percent;
    }

    @Override
    public <T> T get(Class<T> type) {
        return surroundings.supplies().factory().get(type);
    }

    @Override
    public <T> T resolve(Ref<T> ref) {
        return surroundings.supplies().resolve(ref);
    }
}
