package io.muster.queue.unique;

import io.muster.queue.store.UniqueKey;

/**
 * What a job carries to give its unique key up.
 *
 * @param via name of the coordinator that keeps it
 * @param token of the lease; whoever reads the payload may end it
 * @param until what ends it
 */
public record UniqueLease(String via, String token, UniqueKey.Until until) {
    /** Shows nothing of the token. */
    @Override
    public String toString() {
        return "UniqueLease[" + via + ", " + until + "]";
    }
}
