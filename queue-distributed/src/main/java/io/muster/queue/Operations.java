package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.queue.node.Maintenance;
import io.muster.queue.node.Orders;
import io.muster.queue.store.JobStore;
import java.util.Optional;

/** What operators order for the whole cluster, from any process. Thread-safe; each call costs some round trips to the coordinator. K4, K6, C11 */
public final class Operations {
    private final Cluster cluster;
    private final JobStore store;
    private final Orders orders;
    private final String self;

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
        orders.restart();
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
        orders.down(by, reason);
    }

    /** Ends maintenance. K6 */
    public void up() {
        orders.up();
    }

    /** Whether the cluster is in maintenance, by whom and why, by a linearizable read. K6 */
    public Optional<Maintenance> maintenance() {
        return orders.read().maintenance();
    }

    /**
     * Makes the coordinator that this process is connected to the one whose leaders the store accepts for a group, and no other:
     * after the former coordinator was wiped or replaced. Has no effect if it is already. Leaders go to work within seconds, jobs
     * keep their states. Do it by an operator's word only: nodes that still meet at the former coordinator stop. Answers its
     * identity. C11
     */
    public String adopt(String group) {
        return ClusterOpening.adopt(cluster, store, group);
    }
}
