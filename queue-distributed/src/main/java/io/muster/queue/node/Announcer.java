package io.muster.queue.node;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.NodeStatus;
import io.muster.cluster.time.Loop;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what a node says of itself, on a loop of its own: while the coordinator does not answer, the node has other things to
 * do, above all to stop what runs when its session is over. Of what waits only the newest is published. Thread-safe.
 */
final class Announcer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
    private static final int BEATS_PER_REPETITION = 60;

    private final Cluster cluster;
    private final Loop loop;
    private final AtomicReference<Optional<Saying>> next = new AtomicReference<>(Optional.empty());
    private Optional<Saying> published = Optional.empty();
    private int unchangedBeats;

    /** What a node publishes. */
    record Saying(NodeStatus status, Map<String, String> metadata) {
        Saying {
            metadata = Map.copyOf(metadata);
        }
    }

    Announcer(Cluster cluster) {
        this.cluster = cluster;
        this.loop = cluster.options().timeline().loop(cluster.options().nodeId() + "-announcer");
    }

    /** Publishes it soon. */
    void say(Saying saying) {
        boolean posted = next.getAndSet(Optional.of(saying)).isPresent();
        if (!posted) {
            loop.post(() -> next.getAndSet(Optional.empty()).ifPresent(this::publish));
        }
    }

    /** Publishes it soon if it is new, else every sixtieth time: every node reads what one publishes. */
    void beat(Saying saying) {
        loop.post(() -> {
            unchangedBeats++;
            if (unchangedBeats == BEATS_PER_REPETITION || !published.equals(Optional.of(saying))) {
                say(saying);
            }
        });
    }

    @Override
    public void close() {
        loop.close();
    }

    private void publish(Saying saying) {
        published = Optional.empty();
        unchangedBeats = 0;
        try {
            cluster.publish(saying.status(), saying.metadata());
            published = Optional.of(saying);
        } catch (ClusterException e) {
            LOG.debug(
                    "Not published; the next heartbeat will say it all node={} reason={}",
                    cluster.options().nodeId(),
                    e.toString());
        }
    }
}
