package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobOptions;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on its way through a handler: what the handler is told, what it asks for, and how that ends. The handler's thread
 * writes what was asked, everything else belongs to the pool's loop.
 */
final class HandlerRun implements JobContext {
    private final Attempt taken;
    private final JobOptions options;
    private final String node;
    private final BooleanSupplier trusted;
    private final Timeline timeline;
    private volatile @Nullable Outcome asked;
    private volatile @Nullable Duration askedRelease;
    private volatile boolean over;

    HandlerRun(Attempt attempt, JobOptions options, String node, BooleanSupplier trusted, Timeline timeline) {
        this.taken = attempt;
        this.options = options;
        this.node = node;
        this.trusted = trusted;
        this.timeline = timeline;
    }

    Attempt taken() {
        return taken;
    }

    JobOptions options() {
        return options;
    }

    /** Calls the handler on the current thread and says how the attempt ended. The handler boundary: catches everything. */
    <T> Outcome call(Handler<T> handler, T job) {
        try {
            handler.handle(job, this);
        } catch (Throwable cause) {
            if (cause instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return Verdict.thrown(
                    cause, options, taken.counters(), timeline.clock().instant());
        }
        Duration delay = askedRelease;
        if (delay != null) {
            return Verdict.released(
                    delay, options, taken.counters(), timeline.clock().instant());
        }
        Outcome outcome = asked;
        return outcome == null ? new Settlement.Completed() : outcome;
    }

    /** How the handler asked that the attempt ends, by the last of its words. */
    @Nullable
    Outcome asked() {
        return asked;
    }

    boolean asksForRelease() {
        return askedRelease != null;
    }

    /** The attempt is not this run's any more, whatever the handler still does. */
    void end() {
        over = true;
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
    public int crashes() {
        return taken.counters().crashes();
    }

    @Override
    public long fencingToken() {
        return taken.fencingToken();
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public boolean isOwner() {
        return !over && trusted.getAsBoolean();
    }

    @Override
    public void release(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("A release cannot be in the past: " + delay);
        }
        askedRelease = delay;
        asked = null;
    }

    @Override
    public void fail(String reason) {
        askedRelease = null;
        asked = new Settlement.Failed(reason, "", Settlement.Why.ASKED);
    }

    @Override
    public void fail(Throwable cause) {
        askedRelease = null;
        asked = Verdict.failed(cause);
    }

    @Override
    public void delete() {
        askedRelease = null;
        asked = new Settlement.Discarded("deleted by its handler");
    }
}
