package io.muster.queue.node;

import io.muster.cluster.Node;
import io.muster.cluster.NodeStatus;
import io.muster.queue.distribution.LifeSign;
import io.muster.queue.distribution.Seat;
import io.muster.queue.worker.PoolStats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns the membership into what the leader plans with. */
public final class Seats {
    private Seats() {}

    public static List<Seat> of(List<Node> nodes) {
        return nodes.stream()
                .flatMap(node -> NodeReport.of(node).stream()
                        .flatMap(report -> report.pools().stream().map(pool -> seat(node, pool))))
                .toList();
    }

    /** What nodes that say how long they may be silent published last, by incarnation. K2 */
    public static Map<String, LifeSign> signs(List<Node> nodes) {
        Map<String, LifeSign> signs = new HashMap<>();
        for (Node node : nodes) {
            NodeReport.of(node).ifPresent(report -> report.reclaimAfter()
                    .ifPresent(patience -> signs.put(
                            node.id().incarnation(),
                            new LifeSign(
                                    node.lastSeen(),
                                    patience,
                                    report.pools().stream()
                                            .anyMatch(pool -> pool.stats().status() == PoolStats.Status.WEDGED)))));
        }
        return signs;
    }

    private static Seat seat(Node node, NodeReport.Pool pool) {
        return new Seat(
                node.id().name(),
                node.id().incarnation(),
                pool.name(),
                pool.order(),
                pool.stats().status() == PoolStats.Status.ENDED
                        ? Set.of()
                        : node.registration().jobTypes(),
                pool.concurrency(),
                pool.stats().idle(),
                state(node.status(), pool));
    }

    private static Seat.State state(NodeStatus node, NodeReport.Pool pool) {
        return switch (pool.stats().status()) {
            case WEDGED -> Seat.State.WEDGED;
            case STORE_SILENT -> Seat.State.STORE_SILENT;
            case RUNNING ->
                node != NodeStatus.ONLINE
                        ? Seat.State.CLOSED
                        : pool.reserves() ? Seat.State.BY_ITSELF : Seat.State.OPEN;
            case PAUSED, MAINTENANCE, DRAINING, STOPPED, ENDED -> Seat.State.CLOSED;
        };
    }
}
