package io.muster.queue.store;

import java.time.Duration;
import java.util.Optional;

/**
 * At most one live job holds the key; a second push is refused and named the holder. J5 A key that has passed to another job
 * is not freed by the end of the former.
 *
 * @param key any text
 * @param heldFor ends the hold this long after the push even if the job still lives; empty: exactly as long as it lives
 * @param until what ends the hold
 */
public record UniqueKey(String key, Optional<Duration> heldFor, Until until) {
    public static UniqueKey of(String key) {
        return new UniqueKey(key, Optional.empty(), Until.SETTLED);
    }

    /** What frees the key. */
    public enum Until {
        /** The job's end: completed, failed or discarded. Kept over releases. */
        SETTLED,
        /** The first time the job is taken; never held again by it. */
        PROCESSING
    }
}
