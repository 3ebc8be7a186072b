package io.muster.queue;

import io.muster.queue.worker.PoolOptions;
import java.time.Duration;

/** One of this node's pools, to be changed while it works. Thread-safe. K1 */
public final class PoolControl {
    private final Membership member;
    private final String pool;

    PoolControl(Membership member, String pool) {
        this.member = member;
        this.pool = pool;
    }

    /** Its options as they are now. */
    public PoolOptions options() {
        return member.options(pool);
    }

    /**
     * How many handlers run at once from now on. More begin at once, as far as {@code muster.max-concurrency} lets them; of fewer the
     * surplus finish what they run. The leader hears of it within a second.
     *
     * @throws IllegalArgumentException it is below 1
     */
    public void concurrency(int changed) {
        member.change(pool, options -> options.withConcurrency(changed));
    }

    /**
     * How long jobs that say nothing themselves may run, of those that begin from now on.
     *
     * @throws io.muster.cluster.ClusterConfigurationException it is not shorter than {@code muster.reclaim-after} by five seconds
     */
    public void timeout(Duration changed) {
        member.change(pool, options -> options.withTimeout(changed));
    }
}
