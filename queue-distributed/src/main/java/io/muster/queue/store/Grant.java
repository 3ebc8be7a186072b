package io.muster.queue.store;

import java.util.List;
import java.util.Set;

/**
 * What the leader wants a pool to have.
 *
 * @param incarnation the node
 * @param pool its pool's name
 * @param queues queues it serves, most wanted first: a later one is used only when the earlier ones have nothing for it
 * @param types job types the node can handle; empty means all
 * @param limit fill up to this many jobs assigned to or running in the pool
 */
public record Grant(String incarnation, String pool, List<String> queues, Set<String> types, int limit) {
    public Grant {
        queues = List.copyOf(queues);
        types = Set.copyOf(types);
    }

    /** Whether the node can handle the type. */
    public boolean serves(String type) {
        return types.isEmpty() || types.contains(type);
    }
}
