package io.muster.queue.memory;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Grant;
import io.muster.queue.store.OverlapKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fills pools with ready jobs, as grants say. */
final class Filling {
    private final JobTable jobs;
    private final Instant now;

    Filling(JobTable jobs, Instant now) {
        this.jobs = jobs;
        this.now = now;
    }

    AssignReport fill(List<Grant> grants) {
        jobs.expireOverlap(now, Integer.MAX_VALUE);
        List<Integer> assigned = new ArrayList<>();
        Map<String, Integer> left = new HashMap<>();
        for (Grant grant : grants) {
            assigned.add(jobs.incarnations
                    .receiving(grant.incarnation())
                    .map(life -> fill(grant, life))
                    .orElse(0));
        }
        for (Grant grant : grants) {
            grant.queues().forEach(queue -> left.put(queue, jobs.books.ready(queue)));
        }
        return new AssignReport(assigned, left);
    }

    private int fill(Grant grant, Incarnations.Life life) {
        Incarnations.Pool pool = life.pool(grant.pool());
        int assigned = 0;
        while (pool.held() < grant.limit()) {
            MemoryJob job = next(grant, life);
            if (job == null) {
                break;
            }
            jobs.assign(job, life, pool, now);
            assigned++;
        }
        return assigned;
    }

    private @Nullable MemoryJob next(Grant grant, Incarnations.Life life) {
        for (String queue : grant.queues()) {
            MemoryJob job = jobs.books.isPaused(queue) ? null : first(queue, grant, life);
            if (job != null) {
                return job;
            }
        }
        return null;
    }

    /** The first of the queue that may be had; those whose overlap key is held step aside on the way. */
    private @Nullable MemoryJob first(String queue, Grant grant, Incarnations.Life life) {
        while (true) {
            MemoryJob job = jobs.ready.first(
                    queue, lane -> grant.serves(lane.type()) && !(lane.suspect() && life.suspect != null));
            Optional<String> held = job == null
                    ? Optional.empty()
                    : job.spec.overlap().map(OverlapKey::key).filter(jobs.overlap::isHeld);
            if (job == null || held.isEmpty()) {
                return job;
            }
            jobs.ready.standAside(job, held.get());
        }
    }
}
