package io.muster.cluster.testkit.linearizability;

import java.util.Optional;

/**
 * How an object behaves if its clients come one after the other. Without state of its own; thread-safe.
 *
 * @param <S> states, immutable, with {@code equals} and {@code hashCode}
 * @param <C> what an operation asked and was answered
 */
public interface Model<S, C> {
    /** The state of an object that nobody has used yet. */
    S initial();

    /** The state after {@code content} took effect in {@code state}; empty if it could not have been answered so there. */
    Optional<S> after(S state, C content);
}
