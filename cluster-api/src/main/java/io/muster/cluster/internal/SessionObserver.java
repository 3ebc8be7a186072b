package io.muster.cluster.internal;

/** A recipe that lives by the session. Called on the keeper's clock loop, which must not be blocked: post what takes time. */
interface SessionObserver {
    /** A session is there, the first or a new one. */
    void opened(LiveSession session);

    /** Half a TTL without confirmation. */
    default void suspected(LiveSession session) {}

    /** Confirmed again. */
    default void resumed(LiveSession session) {}

    /** It is over for good, and everything bound to it with it. */
    void lost(LiveSession session);
}
