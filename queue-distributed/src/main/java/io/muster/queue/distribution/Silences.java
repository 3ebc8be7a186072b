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
    /** Longer than a call that began before the store was back, and the pause after it: so late a node may hear that it is. */
    private static final Duration RECOVERY = Duration.ofSeconds(10);

    private final Duration grace;
    private final Map<String, Long> sinceNanos = new HashMap<>();
    private long recoveredNanos = Long.MIN_VALUE;

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

    /** The store was silent to the leader too, or it has just begun: everybody's time starts anew, and is long enough to hear of it. */
    void forget(long nowNanos) {
        recoveredNanos = nowNanos;
        sinceNanos.replaceAll((incarnation, since) -> nowNanos);
    }

    boolean present() {
        return !sinceNanos.isEmpty();
    }

    /** Incarnations whose time is over. */
    Set<String> longerThanGrace(long nowNanos) {
        Set<String> over = new HashSet<>();
        if (recoveredNanos != Long.MIN_VALUE && nowNanos - recoveredNanos < RECOVERY.toNanos()) {
            return over;
        }
        sinceNanos.forEach((incarnation, since) -> {
            if (nowNanos - since >= grace.toNanos()) {
                over.add(incarnation);
            }
        });
        return over;
    }
}
