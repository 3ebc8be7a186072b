package io.muster.cli.demo;

import io.muster.queue.QueueBuilder;
import java.util.List;
import java.util.Optional;

/** A coordinator and the nodes that use it, for the time of the demo. Thread-safe: Ctrl-C closes it from another thread. */
interface DemoCluster extends AutoCloseable {
    /** What people call it. */
    String description();

    /** Whether the coordinator, and what is left in it, outlives the demo. */
    boolean outlives();

    /** Starts a node; it joins on its own time. */
    void start(String node);

    /** Begins a queue that looks at the cluster without being a node. */
    QueueBuilder client();

    /** The node stands still until {@link #thaw} or {@link #kill}; what it holds stays held. */
    void freeze(String node);

    void thaw(String node);

    /** The node is gone at once, with whatever it runs. */
    void kill(String node);

    /** How {@link #kill} is done, in a word. */
    String killing();

    /** Why nodes that ought to run do not; empty if all is well. */
    Optional<String> trouble();

    /** Tells nodes to finish; returns when they have, or some seconds have passed. */
    void stop(List<String> nodes);

    /** Ends whatever still runs and removes what was written. Idempotent. */
    @Override
    void close();
}
