package io.muster.cluster;

import java.util.Optional;

/** How {@link Cluster#tryLease} ended. C3 */
public sealed interface LeaseAttempt {
    record Held(Lease lease) implements LeaseAttempt {}

    /**
     * Somebody holds it.
     *
     * @param holder the node that took it, which may have handed it on since
     * @param note what that node said of it; empty if nothing
     */
    record Busy(NodeId holder, String note) implements LeaseAttempt {
        public Busy(NodeId holder) {
            this(holder, "");
        }
    }

    /** The coordinator did not answer in time; if it was taken, it ends by its TTL. */
    record Unknown(OutcomeUnknownException cause) implements LeaseAttempt {}

    /** The lease if it is held by us. */
    default Optional<Lease> held() {
        return this instanceof Held held ? Optional.of(held.lease()) : Optional.empty();
    }
}
