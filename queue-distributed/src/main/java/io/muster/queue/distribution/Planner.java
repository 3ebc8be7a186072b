package io.muster.queue.distribution;

import io.muster.queue.store.Grant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who may have how many jobs of which queues: a pure function, called with every round of the leader.
 *
 * <p>Every open seat is filled up to its credit. The order of seats rotates with the round, so that no node is always served
 * first; and when less is ready than the seats could hold, each gets its share instead of the first taking all. A seat with a
 * weighted order gets a grant for each of its next turns, and a last one that lets any queue fill what those left free.
 */
public final class Planner {
    /** Turns of one round and seat: jobs beyond that come in turns of several. */
    private static final int MOST_TURNS = 12;

    private Planner() {}

    /**
     * The grants of one round.
     *
     * @param seats all pools of live nodes
     * @param limits most jobs a seat may hold, by {@link Seat#id()}; its concurrency if absent
     * @param ready ready jobs per queue as last seen; a queue that is absent counts as unknown and is not shared out
     * @param turns of seats with a weighted order, by {@link Seat#id()}; even if absent
     * @param round number of the round, for rotation
     */
    static List<Grant> plan(
            List<Seat> seats,
            Map<String, Integer> limits,
            Map<String, Integer> ready,
            Map<String, Turns> turns,
            long round) {
        List<Seat> open = seats.stream().filter(Seat::isOpen).toList();
        List<Grant> grants = new ArrayList<>(open.size());
        for (int i = 0; i < open.size(); i++) {
            Seat seat = open.get((int) ((i + round) % open.size()));
            int credit = limits.getOrDefault(seat.id(), seat.concurrency());
            int limit = Math.min(credit, share(seat, open, ready));
            if (seat.order().isWeighted()) {
                Turns own = turns.get(seat.id());
                grants.addAll(inTurns(seat, limit, own == null ? Turns.of(seat.order()) : own, ready));
            } else {
                grants.add(grant(seat, seat.queues(), limit));
            }
        }
        return grants;
    }

    /** Grants of growing limits, one for each run of turns of the same queue; then one for whatever is left free. */
    static List<Grant> inTurns(Seat seat, int limit, Turns turns, Map<String, Integer> ready) {
        int jobsEach = Math.max(1, (limit + MOST_TURNS - 1) / MOST_TURNS);
        int most = (limit + jobsEach - 1) / jobsEach;
        List<String> next = turns.next(most, jobsEach, queue -> ready.getOrDefault(queue, 1) > 0);
        List<Grant> grants = new ArrayList<>();
        for (int i = 0; i < next.size(); i++) {
            boolean runEnds = i + 1 == next.size() || !next.get(i + 1).equals(next.get(i));
            if (runEnds) {
                grants.add(grant(seat, List.of(next.get(i)), Math.min(limit, (i + 1) * jobsEach)));
            }
        }
        grants.add(grant(seat, turns.byWeight(), limit));
        return grants;
    }

    private static Grant grant(Seat seat, List<String> queues, int limit) {
        return new Grant(seat.incarnation(), seat.pool(), queues, seat.types(), limit);
    }

    /**
     * What to take back because it would wait where it is: all untaken jobs of pools that take none, and jobs assigned beyond the slots
     * of their node while slots elsewhere that could run them are free.
     *
     * @param free slots that run nothing, by {@link Seat#id()}; none if absent
     * @param held jobs that incarnations hold, assigned or running
     */
    static List<Revocation> revocations(List<Seat> seats, Map<String, Integer> free, Map<String, Integer> held) {
        List<Revocation> revocations = new ArrayList<>();
        Map<String, Integer> waiting = new HashMap<>(held);
        for (Seat seat : seats) {
            int busy = seat.concurrency() - free.getOrDefault(seat.id(), 0);
            waiting.computeIfPresent(seat.incarnation(), (incarnation, jobs) -> jobs - Math.max(0, busy));
            int all = held.getOrDefault(seat.incarnation(), 0);
            if (seat.isClosed() && all > 0) {
                revocations.add(new Revocation(seat, all));
            }
        }
        for (Seat idle : seats) {
            int wanted = idle.isOpen() ? free.getOrDefault(idle.id(), 0) : 0;
            for (Seat seat : seats) {
                int most = Math.min(wanted, waiting.getOrDefault(seat.incarnation(), 0));
                boolean gives = seat.isOpen() && free.getOrDefault(seat.id(), 0) == 0 && seat.sharesWith(idle);
                if (gives && most > 0) {
                    revocations.add(new Revocation(seat, most));
                    waiting.merge(seat.incarnation(), -most, Integer::sum);
                    wanted -= most;
                }
            }
        }
        return revocations;
    }

    /** Untaken jobs to take back from a pool, at most {@code limit}. */
    record Revocation(Seat seat, int limit) {}

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
