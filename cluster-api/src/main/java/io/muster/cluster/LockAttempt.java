package io.muster.cluster;

import java.util.Optional;

/** How {@link Cluster#tryLock} ended. C2 */
public sealed interface LockAttempt {
    /** It is ours. */
    record Held(Lock lock) implements LockAttempt {}

    /** Somebody holds it. */
    record Busy(NodeId holder) implements LockAttempt {}

    /**
     * The coordinator did not answer in time. If the lock turns out to be taken it is released again by itself, at the
     * latest with the session.
     */
    record Unknown(OutcomeUnknownException cause) implements LockAttempt {}

    /** The lock if it is held by us. */
    default Optional<Lock> held() {
        return this instanceof Held held ? Optional.of(held.lock()) : Optional.empty();
    }
}
