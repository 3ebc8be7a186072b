package io.muster.queue.job;

import java.util.function.Supplier;

/** Workflows that are known only once a queue is open, by which time its jobs' types are. Thread-safe. */
public final class LateWorkflows implements Supplier<Workflows> {
    private volatile Workflows workflows = Workflows.NONE;

    public void bind(Workflows known) {
        workflows = known;
    }

    @Override
    public Workflows get() {
        return workflows;
    }
}
