package io.muster.cluster;

/**
 * Receives what becomes of a candidacy. Per term: {@code gained}, then any number of {@code suspended} / {@code resumed},
 * then exactly one {@code lost}; terms never overlap within a process. C4
 */
public interface LeadershipListener {
    /** This node leads. Not called if trust ran out before the call could be made. Throwing resigns. */
    void gained(Term term);

    /** No confirmation for half a TTL: pause new work. */
    default void suspended(Term term) {}

    /** Confirmed again, same term. */
    default void resumed(Term term) {}

    /** The term is over: resigned, session lost, trust run out, or closed. */
    void lost(Term term);
}
