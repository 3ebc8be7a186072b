package io.muster.queue.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is to follow on a running job. Changes count if its attempt ends well, and are forgotten with an attempt that does not. For the
 * handler's thread. W1
 */
public final class JobChain {
    private final Workflows workflows;
    private final String queue;
    private volatile JobFlow flow;

    public JobChain(JobFlow flow, Workflows workflows, String queue) {
        this.flow = flow;
        this.workflows = workflows;
        this.queue = queue;
    }

    /** How many jobs are still to follow. */
    public int remaining() {
        return flow.links().size();
    }

    /** These follow next, before what was to follow; on this job's queue unless they name another, or this job is in a batch. */
    public void prepend(Object... jobs) {
        List<JobLink> links = new ArrayList<>(links(jobs));
        links.addAll(flow.links());
        flow = flow.withLinks(links);
    }

    /** These follow at last. As {@link #prepend}. */
    public void append(Object... jobs) {
        List<JobLink> links = new ArrayList<>(flow.links());
        links.addAll(links(jobs));
        flow = flow.withLinks(links);
    }

    /** What follows as it stands. */
    public JobFlow flow() {
        return flow;
    }

    /** By which Muster's own jobs do their work. */
    public Workflows workflows() {
        return workflows;
    }

    /** What was to follow follows on something else from now on. */
    JobFlow handOver() {
        JobFlow handed = flow;
        flow = flow.withLinks(List.of());
        return handed;
    }

    private List<JobLink> links(Object... jobs) {
        return workflows.links(
                List.of(jobs), new Workflows.Place(queue, flow.batch().isPresent(), Optional.empty()));
    }
}
