package io.muster.queue.worker;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pool has done over all incarnations of its node, and who is told of it. Listeners run on a loop of their own. Thread-safe.
 */
public final class Ledger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final String pool;
    private final PoolWatch watch;
    private final Loop listenerLoop;
    private final CopyOnWriteArrayList<PoolListener> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder started = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder discarded = new LongAdder();
    private final LongAdder stale = new LongAdder();

    public Ledger(String node, String pool, Timeline timeline, PoolWatch watch) {
        this.pool = pool;
        this.watch = watch;
        this.listenerLoop = timeline.loop(node + "-listeners-" + pool);
    }

    /** Adds a listener, at any time. K5 */
    public Subscription listen(PoolListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Told of all that happens in the pool, as it happens. */
    PoolWatch watch() {
        return watch;
    }

    void started() {
        started.increment();
    }

    void settled(Attempt attempt, Outcome outcome, SettleResult result) {
        if (result == SettleResult.STALE) {
            stale.increment();
            LOG.info("Settlement refused, the job had moved on pool={} attempt={}", pool, attempt.token());
        } else if (outcome instanceof Settlement.Completed) {
            completed.increment();
            watch.completed(attempt);
            tell(listener -> listener.completed(attempt));
        } else if (outcome instanceof Settlement.Failed failure) {
            failed.increment();
            LOG.warn(
                    "Job failed for good job={} type={} queue={} reason={}",
                    attempt.token().jobId(),
                    attempt.type(),
                    attempt.queue(),
                    failure.reason());
            watch.failed(attempt, failure);
            tell(listener -> listener.failed(attempt, failure));
        } else if (outcome instanceof Settlement.Released) {
            retried.increment();
        } else if (outcome instanceof Settlement.Discarded) {
            discarded.increment();
        }
    }

    /** Figures of the pool while it has no incarnation to work in. */
    public PoolStats idle(int concurrency) {
        return stats(PoolStats.Status.RUNNING, concurrency, 0, 0);
    }

    /** Figures of the pool after it has ended by its own limits. */
    public PoolStats ended() {
        return stats(PoolStats.Status.ENDED, 0, 0, 0);
    }

    PoolStats stats(PoolStats.Status status, int total, int active, int stuck) {
        // Each is read once: a part must not exceed the sum because something ended in between.
        long well = completed.sum();
        long badly = failed.sum();
        long again = retried.sum();
        return new PoolStats(
                pool,
                status,
                total,
                active,
                Math.max(0, total - active),
                well + badly + again + discarded.sum(),
                well,
                badly,
                again,
                stale.sum(),
                started.sum(),
                stuck);
    }

    @Override
    public void close() {
        listenerLoop.close();
    }

    private void tell(Consumer<PoolListener> call) {
        for (PoolListener listener : listeners) {
            listenerLoop.post(() -> call.accept(listener));
        }
    }
}
