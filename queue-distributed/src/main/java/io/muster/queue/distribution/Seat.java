package io.muster.queue.distribution;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A pool of a live node as the leader sees it.
 *
 * @param order in which it serves its queues
 * @param types job types the node handles
 * @param concurrency its slots
 * @param open whether it takes work: online, not paused, not draining
 */
public record Seat(
        String node,
        String incarnation,
        String pool,
        QueueOrder order,
        Set<String> types,
        int concurrency,
        boolean open) {
    public Seat {
        types = Set.copyOf(types);
    }

    /** What it serves. */
    public List<String> queues() {
        return order.queues();
    }

    /** The same seat with some of its queues. */
    Seat only(Predicate<String> kept) {
        return new Seat(node, incarnation, pool, order.only(kept), types, concurrency, open);
    }

    /** What tells this seat from all others. */
    public String id() {
        return incarnation + "/" + pool;
    }
}
