package io.muster.queue.worker;

import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the failed hook of a job that its store failed, and tells listeners. J9, F2 */
public final class FailureTeller {
    private static final Logger LOG = LoggerFactory.getLogger(FailureTeller.class);
    private static final int TRIES_ELSEWHERE = 10;

    private final JobTypes types;
    private final PoolWatch watch;

    public FailureTeller(JobTypes types, PoolWatch watch) {
        this.types = types;
        this.watch = watch;
    }

    /** Within an attempt, in {@code context}, of the job that tells it. A job that is served elsewhere is left to a node that serves it, for a while. */
    public void tell(StoredJob job, Settlement.Failed failure, JobContext context) {
        Optional<JobType<?>> type =
                types.named(job.type()).filter(known -> types.handled().contains(known.name()));
        boolean elsewhere =
                type.isEmpty() && job.reason().filter(StoredJob.CRASHED::equals).isPresent();
        if (elsewhere && context.attempt() < TRIES_ELSEWHERE) {
            context.release(Duration.ofSeconds(1));
            return;
        }
        try {
            if (type.isPresent()) {
                JobCall.of(
                                types,
                                type.get(),
                                JobEnvelope.jobOf(job.payload()).opened(types.keys(), type.get(), job.id()))
                        .failed(job.id(), job.type(), JobCall.cause(Optional.empty(), failure.reason()));
            }
        } catch (PayloadException e) {
            LOG.warn("Failed hook not called, the job cannot be read job={} reason={}", job.id(), e.getMessage());
        }
        JobEnvelope.lease(job.payload())
                .ifPresent(lease -> types.supplies().leases().release(lease, job.id()));
        AttemptToken none = new AttemptToken(job.id(), 0, context.node(), "");
        watch.failed(
                new Attempt(
                        none,
                        job.queue(),
                        job.type(),
                        job.payload(),
                        job.priority(),
                        job.counters(),
                        0,
                        job.pushedAt()),
                failure);
    }
}
