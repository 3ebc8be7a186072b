package io.muster.queue.distribution;

import io.muster.queue.store.Fence;
import io.muster.queue.store.OutboxEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Pushes what lies in the outbox where it belongs. Called by the leader's loop, which it does not keep waiting for other stores than the leader's own. W1 */
public interface OutboxRelay {
    /** A term begins, or nothing waits: what could not be reached is of no interest any more. */
    void forget();

    /** The term is over: what is under way is the last of it, and nothing is held any more. */
    void end();

    /**
     * Takes on what can be tried now, and removes each entry once it is pushed: those for the leader's own store before this returns, the others
     * later. What it has taken on already may be handed in again, and is not pushed twice while it waits or is under way.
     *
     * @throws io.muster.queue.store.StoreException the leader's own store does not answer, or is another leader's now
     */
    void relay(Fence fence, List<OutboxEntry> entries);

    /** A number that changes when what was passed over may be taken on now. */
    int openings();

    /** When to hand in again what could not be pushed; empty if there is no such thing, or its time has come. */
    Optional<Duration> triesAgainAfter();
}
