package io.muster.queue;

import java.util.Optional;

/**
 * A station that every dispatched job passes before it is pushed or run in its caller, in the order of registration, on the
 * dispatching thread. Raw pushes pass none. What it throws reaches who dispatched. Thread-safe. J11
 */
@FunctionalInterface
public interface DispatchPipe {
    /** The job as it goes on, perhaps with other options; empty if it goes no further. */
    Optional<Outgoing> pass(Outgoing outgoing);
}
