package io.muster.cluster;

import java.time.Duration;
import java.util.Optional;

/** This node's part in one election. Thread-safe. C4 */
public interface Candidacy extends AutoCloseable {
    /** The term this node leads and still trusts. */
    Optional<Term> term();

    /**
     * Stops leading and lets others win; stays a candidate behind them. Returns when the coordinator confirmed it or the call timeout
     * passed; in the latter case the term still ends with the session. Does nothing if this node does not lead.
     */
    void resign();

    /**
     * From now on, whenever this node finds the group without a leader, it waits so long before it campaigns, so that others
     * may win first. Zero, as at the beginning, is not at all.
     */
    void letOthersFirst(Duration wait);

    /** Resigns and campaigns no more. Idempotent. */
    @Override
    void close();
}
