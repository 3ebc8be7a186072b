package io.muster.cluster.zookeeper;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Multi;
import java.util.List;
import org.apache.zookeeper.Op;

/** Sends a multi, once: on a session's own connection or on the one for everything else. */
@FunctionalInterface
interface ZooKeeperWriter {
    /**
     * Throws unless the server answered.
     *
     * @throws io.muster.cluster.ClusterException as {@link io.muster.cluster.spi.Backend#commit}
     */
    Multi send(List<Op> operations, Deadline deadline);
}
