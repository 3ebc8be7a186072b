package io.muster.cluster.spi;

import io.muster.cluster.time.Deadline;
import java.time.Duration;

/** A session at the coordinator. When it ends, all entries bound to it are gone. It never comes back. Thread-safe. */
public interface BackendSession {
    /** Unique for all time within the namespace. */
    String id();

    /** What the server granted; at least what was asked for. The session ends this long (within the capability's bound) after its last renewal. */
    Duration effectiveTtl();

    /**
     * Asks the server, by its consensus and not by a local agent or a follower, whether the session lives, and renews it.
     * Returning normally means: it lived at some moment after this call began and lasts (where the server promises a minimum
     * life) {@link #effectiveTtl()} from then.
     *
     * @throws io.muster.cluster.SessionLostException the server says that the session has ended; final
     * @throws io.muster.cluster.ClusterException no answer in time: try again, sooner than later
     */
    void renew(Deadline deadline);

    /** Ends the session at once, deleting what is bound to it. Ending an ended session does nothing. */
    void end(Deadline deadline);
}
