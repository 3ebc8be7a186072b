package io.muster.queue.store;

import java.time.Instant;
import java.util.Optional;

/**
 * What tending did.
 *
 * @param promoted delayed jobs that are ready now
 * @param forgotten settled jobs removed
 * @param nextDue earliest due moment of what is still delayed
 */
public record TendReport(int promoted, int forgotten, Optional<Instant> nextDue) {}
