package io.muster.queue.store;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a pool tells and asks in one round trip.
 *
 * @param settlements what ended
 * @param take most jobs to take now
 * @param holding ids of the jobs this pool holds, sent after a reply was lost (and then without their settlements being repeated in
 *     error: a repeated settlement that was applied answers {@link SettleResult#STALE})
 */
public record Exchange(
        String incarnation, String pool, List<Settlement> settlements, int take, Optional<Set<String>> holding) {
    public Exchange {
        settlements = List.copyOf(settlements);
        holding = holding.map(Set::copyOf);
    }
}
