package io.muster.queue.store;

import java.time.Duration;

/**
 * How long settled jobs are kept.
 *
 * @param completed completed and discarded ones: how long their ids are remembered
 * @param failed failed ones
 */
public record Retention(Duration completed, Duration failed) {
    public static final Retention DEFAULT = new Retention(Duration.ofMinutes(10), Duration.ofDays(7));
}
