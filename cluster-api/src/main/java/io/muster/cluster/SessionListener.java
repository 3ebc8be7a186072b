package io.muster.cluster;

/** Receives changes of the session's state. */
@FunctionalInterface
public interface SessionListener {
    /** {@code node} is the incarnation whose session changed. */
    void onSession(NodeId node, SessionStatus status);
}
