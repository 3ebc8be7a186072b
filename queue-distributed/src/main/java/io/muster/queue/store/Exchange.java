package io.muster.queue.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a pool tells and asks in one round trip.
 *
 * @param settlements what ended
 * @param take most jobs to take now
 * @param holding ids of all jobs this pool holds: sent after a reply was lost, and from time to time, because a request
 *     that was thought lost may be applied later than its successor. Empty: not told. Not among them are jobs whose settlement is in this
 *     call or was in one whose reply was lost; such a settlement is repeated, and answers {@link SettleResult#STALE} if it was applied
 */
public record Exchange(
        String incarnation, String pool, List<Settlement> settlements, int take, Optional<Set<String>> holding) {
    public Exchange {
        settlements = List.copyOf(settlements);
        holding = holding.map(Set::copyOf);
    }
}
