package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.NodeId;
import io.muster.queue.explain.Cause;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.Middleware;
import io.muster.queue.job.PayloadException;
import io.muster.queue.limit.Limits;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.ThrottlesExceptions;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which middleware would hold a job back now. Known only where the job's class is registered, and what its middleware names. */
final class MiddlewareCauses {
    private static final Logger LOG = LoggerFactory.getLogger(MiddlewareCauses.class);

    private final Cluster cluster;
    private final JobTypes types;

    MiddlewareCauses(Cluster cluster, JobTypes types) {
        this.cluster = cluster;
        this.types = types;
    }

    List<Cause> of(StoredJob stored) {
        Optional<Object> read = types.named(stored.type()).flatMap(type -> read(stored, type));
        return read.stream()
                .flatMap(job -> types.supplies().around(job, stored.queue()).stream()
                        .flatMap(each -> cause(each, job, stored.type()).stream()))
                .toList();
    }

    private Optional<Cause> cause(Middleware middleware, Object job, String type) {
        Limits limits = types.supplies().limits();
        Instant now = cluster.options().timeline().clock().instant();
        if (middleware instanceof RateLimited limited) {
            return Optional.of(limited.limiter()).filter(limits::knows).flatMap(name -> limits.fullFor(name, job)
                    .map(left -> new Cause.LimiterFull(name, now.plus(left))));
        }
        if (middleware instanceof ThrottlesExceptions throttle) {
            return throttle.waits(limits, type)
                    .map(left -> new Cause.ThrottledUntil(throttle.countedBy(type), now.plus(left)));
        }
        if (middleware instanceof WithoutOverlapping overlap) {
            return lockHolder(overlap, type).map(node -> new Cause.OverlapLockHeld(overlap.key(), node));
        }
        return Optional.empty();
    }

    /** A coordinator that does not answer hides this cause and no other. */
    private Optional<String> lockHolder(WithoutOverlapping overlap, String type) {
        try {
            return overlap.lockHolder(cluster, type).map(NodeId::name);
        } catch (ClusterException | IllegalStateException e) {
            LOG.warn("Who holds a lock is not known key={} reason={}", overlap.key(), e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Object> read(StoredJob job, JobType<?> type) {
        try {
            return Optional.of(JobEnvelope.read(job.payload())
                    .opened(types.keys(), type, job.id())
                    .job(type));
        } catch (PayloadException unreadableHere) {
            return Optional.empty();
        }
    }
}
