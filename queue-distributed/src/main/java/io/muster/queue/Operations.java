package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.queue.node.Maintenance;
import io.muster.queue.node.Orders;
import io.muster.queue.store.JobStore;
import java.util.Optional;

/**
 * What operators order for the whole cluster, from any process, also one that is only connected. K4, K6, C11
 *
 * <p><b>Threads</b>: thread-safe. A call runs in its caller's thread and blocks for some round trips to the coordinator, each of which takes a
 * call timeout at most ({@link io.muster.cluster.ClusterOptions#callTimeout}). Of orders given at the same moment the later holds, and none
 * is half given.
 *
 * <p><b>Errors</b>: {@link io.muster.cluster.ClusterUnavailableException}: nothing was ordered.
 * {@link io.muster.cluster.OutcomeUnknownException}: it may be; to give the same order again is safe, but for {@link #restart}, which then
 * restarts once more at worst. {@link IllegalArgumentException}: the coordinator keeps no value so long, nothing was ordered.
 * {@link IllegalStateException}: the queue has been closed, and the coordinator was not asked. A call that is under way
 * while its queue closes may fail in any way, and what it ordered may hold.
 */
public final class Operations {
    private final Cluster cluster;
    private final JobStore store;
    private final Orders orders;
    private final String self;
    private volatile boolean closed;

    /** {@code self} is whose order it is if nobody is named. */
    Operations(Cluster cluster, JobStore store, Orders orders, String self) {
        this.cluster = cluster;
        this.store = store;
        this.orders = orders;
        this.self = self;
    }

    /**
     * Tells all pools in the cluster to finish what runs and begin anew, as after a change of what they work with; worker processes end
     * with exit code 0. Nodes that are away obey on their return, later ones have nothing to obey. Returns once the signal is kept in the
     * coordinator. K4
     */
    public void restart() {
        open().restart();
    }

    /**
     * Maintenance: no pool in the cluster begins a job, but those with {@code force}, until {@link #up}; what runs goes on, pushes are
     * accepted. Nodes that join later obey too. Returns once that is kept in the coordinator; nodes hear of it at once. K6
     */
    public void down(String reason) {
        down(self, reason);
    }

    /** As {@link #down(String)}, in somebody's name. K6 */
    public void down(String by, String reason) {
        open().down(by, reason);
    }

    /** Ends maintenance. K6 */
    public void up() {
        open().up();
    }

    /** Whether the cluster is in maintenance, by whom and why, by a linearizable read. K6 */
    public Optional<Maintenance> maintenance() {
        return open().read().maintenance();
    }

    /**
     * Makes the coordinator that this process is connected to the one whose leaders the store accepts for a group, and no other:
     * after the former coordinator was wiped or replaced. Has no effect if it is already. Leaders go to work within seconds, jobs
     * keep their states. Do it by an operator's word only: nodes that still meet at the former coordinator stop. Answers its
     * identity. May be repeated. C11
     *
     * @throws io.muster.queue.store.StoreUnavailableException the store does not answer; nothing has changed
     * @throws io.muster.queue.store.StoreOutcomeUnknownException the store may have changed it
     */
    public String adopt(String group) {
        open();
        return ClusterOpening.adopt(cluster, store, group);
    }

    /** The queue is about to close. */
    void close() {
        closed = true;
    }

    private Orders open() {
        if (closed) {
            throw new IllegalStateException("This queue has been closed; give orders by one that is open");
        }
        return orders;
    }
}
