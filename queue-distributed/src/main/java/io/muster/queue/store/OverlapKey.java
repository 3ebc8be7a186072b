package io.muster.queue.store;

import java.time.Duration;
import java.util.Optional;

/**
 * At most one valid attempt holds the key, from its assignment to its end; jobs that want it wait ready until it is free. M3
 * A key that has passed to another attempt is not freed by the end of the former.
 *
 * @param key any text; shared by all queues of the store
 * @param expireAfter ends the hold this long after the assignment even if the job still runs; empty: the holder's life decides
 */
public record OverlapKey(String key, Optional<Duration> expireAfter) {
    public static OverlapKey of(String key) {
        return new OverlapKey(key, Optional.empty());
    }
}
