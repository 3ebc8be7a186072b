package io.muster.queue.distribution;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * When each live node gave its last sign of life: the backstop where a node's session goes on while nothing else of it does. A sign is a new
 * publication of a node none of whose pools stands still; its time is when this leader saw it, by the monotonic clock. Nobody is judged
 * while nobody gives signs: then they do not reach this leader. Owned by the leader's loop. K2
 */
final class LifeSigns {
    private final Map<String, Last> last = new HashMap<>();

    private record Last(LifeSign sign, long seenNanos) {}

    /** What the live nodes say now, by incarnation. */
    void seen(Map<String, LifeSign> signs, long nowNanos) {
        last.keySet().retainAll(signs.keySet());
        signs.forEach((incarnation, sign) -> {
            Last before = last.get(incarnation);
            boolean isOld = before != null
                    && (sign.stands() || before.sign().publishedAt().equals(sign.publishedAt()));
            last.put(incarnation, new Last(sign, before != null && isOld ? before.seenNanos() : nowNanos));
        });
    }

    /** A term begins: everybody's time does too. */
    void begin(long nowNanos) {
        last.replaceAll((incarnation, known) -> new Last(known.sign(), nowNanos));
    }

    /** Incarnations that gave none for too long. */
    Set<String> missing(long nowNanos) {
        Set<String> missing = new HashSet<>();
        boolean signsArrive = false;
        for (Map.Entry<String, Last> each : last.entrySet()) {
            long silentNanos = nowNanos - each.getValue().seenNanos();
            long mostNanos = each.getValue().sign().reclaimAfter().toNanos();
            if (silentNanos >= mostNanos) {
                missing.add(each.getKey());
            }
            signsArrive |= silentNanos < mostNanos / 2;
        }
        return signsArrive ? missing : Set.of();
    }
}
