package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.MessageListener;
import io.muster.cluster.Node;
import io.muster.cluster.NodeId;
import io.muster.cluster.Subscription;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks nodes to publish their figures before their next heartbeat, and answers such requests. C8 */
final class FigureRequests {
    private static final Logger LOG = LoggerFactory.getLogger(FigureRequests.class);
    private static final String CHANNEL = "muster-figures";

    private FigureRequests() {}

    /** Calls {@code publish} whenever another process asks. */
    static Subscription answer(Cluster cluster, Runnable publish) {
        return cluster.subscribe(CHANNEL, new MessageListener() {
            @Override
            public void onMessage(NodeId sender, byte[] message) {
                publish.run();
            }

            @Override
            public void onGap() {
                publish.run();
            }
        });
    }

    /** Asks all other nodes; returns when each has published or left, or {@code patience} has passed. */
    static void ask(Cluster cluster, Duration patience) {
        Timeline timeline = cluster.options().timeline();
        Deadline deadline = Deadline.after(patience, timeline.ticker());
        Map<NodeId, Instant> before = cluster.nodes().stream()
                .filter(node -> !node.id().equals(cluster.self()))
                .collect(Collectors.toMap(Node::id, Node::lastSeen));
        if (before.isEmpty()) {
            return;
        }
        CompletableFuture<Void> answered = new CompletableFuture<>();
        Subscription subscription = cluster.onMembership(nodes -> {
            if (nodes.stream().noneMatch(node -> isAsBefore(node, before))) {
                answered.complete(null);
            }
        });
        try {
            cluster.broadcast(CHANNEL, new byte[0]);
            timeline.await(answered, deadline);
        } catch (ClusterException e) {
            LOG.debug("Could not ask for figures; those of the last heartbeat are shown reason={}", e.toString());
        } finally {
            subscription.close();
        }
    }

    private static boolean isAsBefore(Node node, Map<NodeId, Instant> before) {
        Instant then = before.get(node.id());
        return then != null && !node.lastSeen().isAfter(then);
    }
}
