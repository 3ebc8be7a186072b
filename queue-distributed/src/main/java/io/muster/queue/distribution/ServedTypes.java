package io.muster.queue.distribution;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which job types live nodes have served lately. A type counts as served for a while after its last node left, and nothing is said before
 * this process has watched that long: a restart of all workers condemns no job. Owned by the leader's loop.
 */
final class ServedTypes {
    private final Map<String, Long> lastServedNanos = new HashMap<>();
    private final long watchedSinceNanos;
    private long allServedNanos;

    ServedTypes(long nowNanos) {
        this.watchedSinceNanos = nowNanos;
        this.allServedNanos = nowNanos;
    }

    /** These are the pools of live nodes at this moment. */
    void seen(List<Seat> seats, long nowNanos) {
        boolean anyType =
                seats.isEmpty() || seats.stream().anyMatch(seat -> seat.types().isEmpty());
        if (anyType) {
            allServedNanos = nowNanos;
        }
        for (Seat seat : seats) {
            seat.types().forEach(type -> lastServedNanos.put(type, nowNanos));
        }
    }

    /** Types served within the last {@code span}; empty if that cannot be said, or if it was all of them. */
    Optional<Set<String>> within(Duration span, long nowNanos) {
        long since = nowNanos - span.toNanos();
        if (watchedSinceNanos - since > 0 || allServedNanos - since > 0) {
            return Optional.empty();
        }
        Set<String> served = new HashSet<>();
        lastServedNanos.forEach((type, nanos) -> {
            if (nanos - since >= 0) {
                served.add(type);
            }
        });
        return Optional.of(served);
    }
}
