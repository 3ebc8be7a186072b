package io.muster.queue.job;

import java.util.Optional;

/** Finds the objects that jobs refer to. Called on handlers' threads, many at once. J1 */
@FunctionalInterface
public interface RefResolver<T> {
    /** The object, or empty if there is none any more. What is thrown counts as thrown by the handler. */
    Optional<T> find(String id);
}
