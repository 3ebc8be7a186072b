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
 * @param free slots that ran nothing at the node's last heartbeat
 */
public record Seat(
        String node,
        String incarnation,
        String pool,
        QueueOrder order,
        Set<String> types,
        int concurrency,
        int free,
        State state) {
    /** Whether it takes work, and why not. */
    public enum State {
        OPEN,
        /** It counts what it takes, and reserves for itself: a leader gives it nothing and leaves it what it has. K1 */
        BY_ITSELF,
        /** Paused or draining, by somebody's will. */
        CLOSED,
        /** Its loop stands still while its node lives. */
        WEDGED,
        /** Its node lives, and the store does not answer it. */
        STORE_SILENT
    }

    public Seat {
        types = Set.copyOf(types);
    }

    /** What it serves. */
    public List<String> queues() {
        return order.queues();
    }

    /** The same seat with some of its queues. */
    Seat only(Predicate<String> kept) {
        return new Seat(node, incarnation, pool, order.only(kept), types, concurrency, free, state);
    }

    /** What tells this seat from all others. */
    public String id() {
        return incarnation + "/" + pool;
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether what it has not begun is better elsewhere. */
    boolean isClosed() {
        return state != State.OPEN && state != State.BY_ITSELF;
    }

    /** Whether some job of a queue that both serve may be run by either. */
    boolean sharesWith(Seat other) {
        boolean queue = queues().stream().anyMatch(other.queues()::contains);
        boolean type =
                types.isEmpty() || other.types.isEmpty() || types.stream().anyMatch(other.types::contains);
        return queue && type;
    }
}
