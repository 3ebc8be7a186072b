package io.muster.queue.distribution;

import java.time.Duration;
import java.time.Instant;

/**
 * What a live node published last. K2
 *
 * @param publishedAt by the node's own clock; only that it changes counts
 * @param reclaimAfter how long it may be silent, by its own settings
 * @param stands whether one of its pools stands still
 */
public record LifeSign(Instant publishedAt, Duration reclaimAfter, boolean stands) {
    /** Longer ones do not fit into nanoseconds, and mean never. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    public LifeSign {
        reclaimAfter = reclaimAfter.compareTo(LONGEST) < 0 ? reclaimAfter : LONGEST;
    }
}
