package io.muster.queue.store;

import java.time.Instant;

/**
 * A job handed to a pool to run now.
 *
 * @param fencingToken grows over all attempts of the store: guard your own data with it
 * @param pushedAt when the job was pushed
 */
public record Attempt(
        AttemptToken token,
        String queue,
        String type,
        byte[] payload,
        int priority,
        Counters counters,
        long fencingToken,
        Instant pushedAt) {
    @Override
    public String toString() {
        return "Attempt[" + token + ", " + type + " on " + queue + "]";
    }
}
