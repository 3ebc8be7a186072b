package io.muster.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import io.muster.queue.job.JobFlow;
import io.muster.queue.job.JobLink;
import io.muster.queue.job.Workflows;
import java.util.List;
import java.util.Optional;

/**
 * Jobs that run one after another, each once the one before it has ended well; a failure ends the chain, deleting a job does not. The rest of a chain lies with its
 * current job: no death of a node or leader loses or doubles it. Begun by {@link Queue#chain}. Not thread-safe. W1
 */
@CheckReturnValue
public final class Chain {
    private final WorkflowDesk desk;
    private final List<Object> jobs;
    private Workflows.Place place;
    private Optional<Object> caught = Optional.empty();

    Chain(WorkflowDesk desk, List<Object> jobs) {
        if (jobs.isEmpty()) {
            throw new IllegalArgumentException("A chain needs a job at least");
        }
        this.desk = desk;
        this.jobs = List.copyOf(jobs);
        this.place = new Workflows.Place(desk.defaultQueue(), false, Optional.empty());
    }

    /** For those jobs that name no queue themselves. */
    public Chain onQueue(String chosen) {
        place = new Workflows.Place(chosen, false, place.connection());
        return this;
    }

    /** For those jobs that name no connection themselves: one that this process and the leader know, or {@link Connections} have. */
    public Chain onConnection(String chosen) {
        place = new Workflows.Place(place.queue(), false, Optional.of(chosen));
        return this;
    }

    /** Pushed once if a job of the chain fails for good: {@link io.muster.queue.job.JobContext#failure} says which and why. */
    public Chain catching(Object job) {
        caught = Optional.of(job);
        return this;
    }

    /**
     * Pushes the first job, with the others behind it, when the transactions have committed for which the first one waits (J4). Unique keys
     * are ignored, with one warning.
     *
     * @return of the first job
     * @throws QueueException the store does not take it
     * @throws IllegalArgumentException a job cannot be a link: a lambda, an unknown connection, or all together are too large
     * @throws io.muster.queue.job.PayloadException a job cannot be written, or its class is not registered
     */
    @CanIgnoreReturnValue
    public Dispatched dispatch() {
        Linking linking = new Linking();
        List<JobLink> links = desk.links(jobs, place, linking);
        linking.anywhere();
        Optional<JobLink> last =
                caught.map(job -> desk.links(List.of(job), place, linking).get(0));
        linking.warn();
        return desk.push(
                jobs.get(0),
                place,
                links.get(0),
                JobFlow.NONE.withLinks(links.subList(1, links.size())).withCaught(last));
    }
}
