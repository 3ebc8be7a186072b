package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.JobTypes;
import io.muster.queue.store.JobStore.NodeDesk;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What a pool works with during one incarnation.
 *
 * @param live its options, which may change at run time
 * @param stint its work since it was built
 * @param quietBackstop how often it asks without being told after a while in which nothing came; at least the pool's own sleep
 * @param trusted whether the session is active at this moment: only then is anything started
 * @param hungry called when slots are free and nothing waits: the leader may send more
 * @param buried called when the store says that this incarnation is over
 * @param ended called when the pool has ended by its own limits
 */
public record PoolSetting(
        LiveOptions live,
        Stint stint,
        String node,
        String incarnation,
        NodeDesk desk,
        JobTypes types,
        NodeSlots nodeSlots,
        Ledger ledger,
        Timeline timeline,
        Supplier<Duration> quietBackstop,
        BooleanSupplier trusted,
        Runnable hungry,
        Runnable buried,
        Runnable ended) {
    /** As they are now. */
    public PoolOptions options() {
        return live.get();
    }
}
