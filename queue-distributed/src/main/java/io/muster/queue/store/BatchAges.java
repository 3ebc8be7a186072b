package io.muster.queue.store;

import java.time.Duration;
import java.util.Optional;

/**
 * Which batches are pruned. A cancelled one is judged by its own age only, finished or not. Empty: none of these is. W5
 *
 * @param finished longest since it finished
 * @param unfinished longest since it was created, if it has not finished
 * @param cancelled longest since it was cancelled
 */
public record BatchAges(Optional<Duration> finished, Optional<Duration> unfinished, Optional<Duration> cancelled) {
    /** What the leader prunes by unless told otherwise: unfinished and cancelled ones go with the last failed jobs. */
    public static final BatchAges DEFAULT = new BatchAges(
            Optional.of(Duration.ofHours(24)), Optional.of(Duration.ofDays(7)), Optional.of(Duration.ofDays(7)));
}
