package io.muster.queue.store;

import java.time.Instant;
import java.util.Optional;

/**
 * What tending did.
 *
 * @param promoted delayed jobs that are ready now
 * @param forgotten settled jobs removed
 * @param nextDue earliest due moment of what is still delayed
 * @param outbox what was seen of the outbox
 */
public record TendReport(int promoted, int forgotten, Optional<Instant> nextDue, Outbox outbox) {
    /** What a store saw of its outbox by the way. */
    public enum Outbox {
        EMPTY,
        /** Whoever wants to know asks for it. */
        NOT_SEEN
    }

    /** Of a store that does not look at the outbox then. */
    public TendReport(int promoted, int forgotten, Optional<Instant> nextDue) {
        this(promoted, forgotten, nextDue, Outbox.NOT_SEEN);
    }
}
