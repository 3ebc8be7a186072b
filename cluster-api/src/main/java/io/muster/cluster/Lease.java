package io.muster.cluster;

import java.time.Duration;

/** A lease that this node took or was handed. Thread-safe. C3 */
public interface Lease {
    String key();

    /** Proof of ownership, to be kept secret; hand it to another node to hand over the lease. */
    LeaseToken token();

    long fencingToken();

    /** What the lease lasts from its last renewal; never less than asked for. */
    Duration effectiveTtl();

    /** Starts the TTL anew, from any node that has the token. */
    Renewal renew();

    /** Ends it, from any node that has the token. */
    Release release();
}
