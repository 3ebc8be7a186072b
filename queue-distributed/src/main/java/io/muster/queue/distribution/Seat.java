package io.muster.queue.distribution;

import java.util.List;
import java.util.Set;

/**
 * A pool of a live node as the leader sees it.
 *
 * @param types job types the node handles
 * @param concurrency its slots
 * @param open whether it takes work: online, not paused, not draining
 */
public record Seat(
        String node,
        String incarnation,
        String pool,
        List<String> queues,
        Set<String> types,
        int concurrency,
        boolean open) {
    public Seat {
        queues = List.copyOf(queues);
        types = Set.copyOf(types);
    }

    /** What tells this seat from all others. */
    public String id() {
        return incarnation + "/" + pool;
    }
}
