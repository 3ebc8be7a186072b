package io.muster.queue.distribution;

import io.muster.queue.store.Grant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who may have how many jobs of which queues: a pure function, called with every round of the leader.
 *
 * <p>Every open seat is filled up to its credit. The order of seats rotates with the round, so that no node is always served
 * first; and when less is ready than the seats could hold, each gets its share instead of the first taking all.
 */
public final class Planner {
    private Planner() {}

    /**
     * The grants of one round.
     *
     * @param seats all pools of live nodes
     * @param limits most jobs a seat may hold, by {@link Seat#id()}; its concurrency if absent
     * @param ready ready jobs per queue as last seen; a queue that is absent counts as unknown and is not shared out
     * @param round number of the round, for rotation
     */
    public static List<Grant> plan(
            List<Seat> seats, Map<String, Integer> limits, Map<String, Integer> ready, long round) {
        List<Seat> open = seats.stream().filter(Seat::open).toList();
        List<Grant> grants = new ArrayList<>(open.size());
        for (int i = 0; i < open.size(); i++) {
            Seat seat = open.get((int) ((i + round) % open.size()));
            int limit = limits.getOrDefault(seat.id(), seat.concurrency());
            grants.add(new Grant(
                    seat.incarnation(),
                    seat.pool(),
                    seat.queues(),
                    seat.types(),
                    Math.min(limit, share(seat, open, ready))));
        }
        return grants;
    }

    /** At least its slots; beyond them no more than its part of what is ready. */
    private static int share(Seat seat, List<Seat> open, Map<String, Integer> ready) {
        long waiting = 0;
        for (String queue : seat.queues()) {
            Integer known = ready.get(queue);
            if (known == null) {
                return seat.concurrency();
            }
            waiting += known;
        }
        long slots = 0;
        for (Seat other : open) {
            if (other.queues().stream().anyMatch(seat.queues()::contains)) {
                slots += other.concurrency();
            }
        }
        long part = (waiting * seat.concurrency() + slots - 1) / Math.max(1, slots);
        return (int) Math.min(Integer.MAX_VALUE, seat.concurrency() + part);
    }
}
