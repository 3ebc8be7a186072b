package io.muster.queue.distribution;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which live nodes say that the store does not answer them, and since when this leader, whom it answers, hears that. Owned by the
 * leader's loop.
 */
final class Silences {
    private final Duration grace;
    private final Map<String, Long> sinceNanos = new HashMap<>();

    /** {@code grace} is how long a node may say so before it is taken for lost. */
    Silences(Duration grace) {
        this.grace = grace;
    }

    /** What the nodes say now. */
    void seen(List<Seat> seats, long nowNanos) {
        Set<String> saying = new HashSet<>();
        seats.stream()
                .filter(seat -> seat.state() == Seat.State.STORE_SILENT)
                .forEach(seat -> saying.add(seat.incarnation()));
        seats.stream().filter(Seat::isOpen).forEach(seat -> saying.remove(seat.incarnation()));
        sinceNanos.keySet().retainAll(saying);
        saying.forEach(incarnation -> sinceNanos.putIfAbsent(incarnation, nowNanos));
    }

    /** The store was silent to the leader too, or it has just begun: everybody's time starts anew. */
    void forget(long nowNanos) {
        sinceNanos.replaceAll((incarnation, since) -> nowNanos);
    }

    boolean present() {
        return !sinceNanos.isEmpty();
    }

    /** Incarnations whose time is over. */
    Set<String> longerThanGrace(long nowNanos) {
        Set<String> over = new HashSet<>();
        sinceNanos.forEach((incarnation, since) -> {
            if (nowNanos - since >= grace.toNanos()) {
                over.add(incarnation);
            }
        });
        return over;
    }
}
