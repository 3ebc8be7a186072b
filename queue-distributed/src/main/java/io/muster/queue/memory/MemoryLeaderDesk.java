package io.muster.queue.memory;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

final class MemoryLeaderDesk implements JobStore.LeaderDesk {
    private final MemoryStore store;

    MemoryLeaderDesk(MemoryStore store) {
        this.store = store;
    }

    @Override
    public void install(Fence fence) {
        fenced(fence, (content, now) -> true);
    }

    @Override
    public void adopt(String group, String identity) {
        store.alone((content, now) -> {
            content.fences().adopt(group, identity);
            return true;
        });
    }

    @Override
    public AssignReport assign(Fence fence, List<Grant> grants) {
        return fenced(fence, (content, now) -> new Filling(content.jobs(), now).fill(grants));
    }

    @Override
    public int revoke(Fence fence, String incarnation, String pool, int limit) {
        return fenced(fence, (content, now) -> {
            List<MemoryJob> newest = content.jobs()
                    .incarnations
                    .find(incarnation)
                    .flatMap(life -> life.knownPool(pool))
                    .map(known -> known.assigned.descendingMap().values().stream()
                            .limit(limit)
                            .toList())
                    .orElse(List.of());
            newest.forEach(job -> content.jobs().comeBack(job, job.counters, now));
            return newest.size();
        });
    }

    @Override
    public BuryReport bury(Fence fence, String incarnation, int limit) {
        return fenced(fence, (content, now) -> {
            Incarnations.Life life = content.jobs().incarnations.bury(incarnation, now);
            return bury(life, limit, content, now);
        });
    }

    @Override
    public List<IncarnationRecord> incarnations() {
        return store.alone((content, now) -> content.jobs().incarnations.records());
    }

    @Override
    public TendReport tend(Fence fence, Retention retention, Instant callersNow, int limit) {
        return fenced(fence, (content, now) -> {
            JobTable jobs = content.jobs();
            jobs.expireKeys(now, limit);
            jobs.incarnations.forget(now, limit);
            content.limits().forget(now.toEpochMilli());
            int promoted = jobs.promote(now, limit);
            int forgotten = jobs.forgetSettled(now, retention, limit);
            return new TendReport(promoted, forgotten, jobs.nextDue());
        });
    }

    @Override
    public int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant callersNow) {
        Set<String> served = Set.copyOf(servedTypes);
        return fenced(fence, (content, now) -> {
            QueueBooks books = content.jobs().books;
            List<MemoryJob> unserved = books.queues().stream()
                    .filter(queue -> !books.isPaused(queue))
                    .flatMap(queue -> books.jobs(queue, JobState.READY).values().stream())
                    .filter(job -> !served.contains(job.spec.type()))
                    .filter(job -> Moments.after(job.readySince, longest).isBefore(now))
                    .toList();
            unserved.forEach(job -> fail(job, StoredJob.UNSERVED, "Type " + job.spec.type(), content, now));
            return unserved.size();
        });
    }

    @Override
    public List<OutboxEntry> outbox(Fence fence, int limit) {
        return fenced(fence, (content, now) -> content.followUps().oldest(limit));
    }

    @Override
    public OutboxPage outbox(Optional<String> from, int limit) {
        long after = from.map(Long::parseLong).orElse(0L);
        return store.alone((content, now) -> content.followUps().page(after, limit));
    }

    @Override
    public void relayed(Fence fence, List<String> outboxIds) {
        fenced(fence, (content, now) -> {
            content.followUps().relayed(outboxIds);
            return true;
        });
    }

    @Override
    public Subscription onReady(Runnable hint) {
        return store.hints().onReady(store.loop(), hint);
    }

    private <T> T fenced(Fence fence, Memory.Operation<T> operation) {
        return store.alone((content, now) -> {
            content.fences().install(fence);
            return operation.on(content, now);
        });
    }

    private static BuryReport bury(Incarnations.Life life, int limit, Memory.Content content, Instant now) {
        JobTable jobs = content.jobs();
        List<MemoryJob> untaken = life.untaken().stream().limit(limit).toList();
        untaken.forEach(job -> jobs.comeBack(job, job.counters, now));
        int crashed = 0;
        int failed = 0;
        for (MemoryJob job :
                life.running().stream().limit(limit - untaken.size()).toList()) {
            if (reclaim(job, life, content, now)) {
                failed++;
            } else {
                crashed++;
            }
        }
        return new BuryReport(untaken.size(), crashed, failed, life.held() == 0);
    }

    /** A job fails without a worker that could say what follows. */
    private static void fail(MemoryJob job, String reason, String detail, Memory.Content content, Instant now) {
        content.jobs().settle(job, JobState.FAILED, reason, detail, now);
        if (job.spec.tellsFailure()) {
            content.followUps().push(OutboxEntry.here(job.spec.failureNotice(now)), now);
        }
        job.spec.batch().ifPresent(member -> content.batches()
                .ended(job, BatchEnds.failed(job.id(), member.links(), reason), now));
    }

    /** Takes back a running job; answers whether that was one crash too many. */
    private static boolean reclaim(MemoryJob job, Incarnations.Life life, Memory.Content content, Instant now) {
        JobTable jobs = content.jobs();
        if (life.survived) {
            jobs.comeBack(job, job.counters.notStarted(), now);
            return false;
        }
        Counters counters = job.counters.crashed();
        if (counters.suspectCrashes() >= job.spec.maxCrashes()) {
            job.counters = counters;
            fail(job, StoredJob.CRASHED, "Lost with incarnation " + life.name, content, now);
            return true;
        }
        life.crashed.add(job.id());
        jobs.comeBack(job, counters, now);
        return false;
    }
}
