package io.muster.queue.memory;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class MemoryNodeDesk implements JobStore.NodeDesk {
    private final MemoryStore store;

    MemoryNodeDesk(MemoryStore store) {
        this.store = store;
    }

    @Override
    public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
        store.alone((content, now) -> {
            boolean admitted = content.jobs().incarnations.admit(incarnation);
            if (admitted) {
                survivorOf
                        .flatMap(content.jobs().incarnations::find)
                        .ifPresent(earlier -> takeCrashesBack(earlier, content.jobs()));
            }
            return admitted;
        });
    }

    @Override
    public void leave(String incarnation) {
        store.alone((content, now) -> {
            JobTable jobs = content.jobs();
            Incarnations.Life life =
                    jobs.incarnations.find(incarnation).orElseGet(() -> jobs.incarnations.bury(incarnation, now));
            if (life.status == Status.ADMITTED) {
                life.status = Status.LEAVING;
                life.untaken().forEach(job -> jobs.comeBack(job, job.counters, now));
            }
            return buryIfGone(life, jobs, now);
        });
    }

    @Override
    public ExchangeReply exchange(Exchange exchange) {
        return store.alone((content, now) -> {
            JobTable jobs = content.jobs();
            Incarnations.Life life = jobs.incarnations.settling(exchange.incarnation());
            Map<String, BatchEnds> ends = new LinkedHashMap<>();
            List<SettleResult> settled = exchange.settlements().stream()
                    .map(settlement -> settle(settlement, life, content, ends, now))
                    .toList();
            content.batches().ended(ends, now);
            List<Attempt> taken = life.knownPool(exchange.pool())
                    .map(pool -> take(exchange, pool, jobs))
                    .orElse(List.of());
            int waiting = life.knownPool(exchange.pool())
                    .map(pool -> pool.assigned.size())
                    .orElse(0);
            buryIfGone(life, jobs, now);
            return new ExchangeReply(settled, taken, waiting);
        });
    }

    @Override
    public AssignReport reserve(Grant own, Instant callersNow) {
        return store.alone((content, now) -> {
            JobTable jobs = content.jobs();
            if (jobs.incarnations.receiving(own.incarnation()).isEmpty()) {
                throw new IncarnationBuriedException("Incarnation " + own.incarnation()
                        + " is buried, leaves or is unknown and cannot reserve; rejoin as a new one");
            }
            jobs.promote(now, Integer.MAX_VALUE);
            return new Filling(jobs, now).fill(List.of(own));
        });
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        return store.hints().onAssigned(incarnation, store.loop(), hint);
    }

    private static void takeCrashesBack(Incarnations.Life earlier, JobTable jobs) {
        earlier.survived = true;
        for (String jobId : earlier.crashed) {
            jobs.find(jobId).filter(job -> !job.state.isSettled()).ifPresent(jobs::survive);
        }
        earlier.crashed.clear();
    }

    /** The last job of a leaving incarnation has ended. */
    private static boolean buryIfGone(Incarnations.Life life, JobTable jobs, Instant now) {
        boolean gone = life.status == Status.LEAVING && life.held() == 0;
        if (gone) {
            jobs.incarnations.bury(life.name, now);
        }
        return gone;
    }

    private static List<Attempt> take(Exchange exchange, Incarnations.Pool pool, JobTable jobs) {
        List<Attempt> taken = new ArrayList<>();
        exchange.holding().ifPresent(held -> pool.running.values().stream()
                .filter(job -> !held.contains(job.id()))
                .map(MemoryJob::attempt)
                .forEach(taken::add));
        while (taken.size() < exchange.take() && !pool.assigned.isEmpty()) {
            MemoryJob oldest = pool.assigned.firstEntry().getValue();
            jobs.take(oldest);
            taken.add(oldest.attempt());
        }
        return taken;
    }

    private static SettleResult settle(
            Settlement settlement,
            Incarnations.Life life,
            Memory.Content content,
            Map<String, BatchEnds> ends,
            Instant now) {
        Optional<MemoryJob> current = content.jobs()
                .find(settlement.token().jobId())
                .filter(job -> job.isCurrent(settlement.token()))
                .filter(job -> settlement.token().incarnation().equals(life.name));
        if (current.isEmpty()) {
            return SettleResult.STALE;
        }
        apply(settlement.outcome(), current.get(), content.jobs(), now);
        int following = 0;
        for (OutboxEntry entry : settlement.outbox()) {
            following += follow(entry, current.get().spec, content, now);
        }
        ends(settlement, current.get().spec, following)
                .ifPresent(end -> ends.merge(batchId(current.get().spec), end, BatchEnds::and));
        return SettleResult.ACCEPTED;
    }

    /** Pushes it; answers the links that the settled job's own batch has announced for it. One of another batch is added to that one. */
    private static int follow(OutboxEntry entry, NewJob settled, Memory.Content content, Instant now) {
        NewJob job = entry.job();
        boolean ofOther = entry.connection().isEmpty()
                && job.batch().isPresent()
                && !batchId(job).equals(batchId(settled));
        if (ofOther && content.batches().refuses(job).isPresent()) {
            return 0;
        }
        boolean pushed = content.followUps().push(entry, now);
        if (pushed && ofOther) {
            content.batches().added(job);
        }
        return pushed ? linksInSameBatch(settled, job) : 0;
    }

    private static Optional<BatchEnds> ends(Settlement settlement, NewJob job, int following) {
        return job.batch()
                .map(member -> BatchEnds.of(job.id(), member.links(), settlement.outcome(), following))
                .filter(end -> !end.equals(BatchEnds.NONE));
    }

    private static int linksInSameBatch(NewJob job, NewJob followUp) {
        return followUp.batch()
                .filter(member -> member.batchId().equals(batchId(job)))
                .map(BatchMembership::links)
                .orElse(0);
    }

    private static String batchId(NewJob job) {
        return job.batch().map(BatchMembership::batchId).orElse("");
    }

    private static void apply(Settlement.Outcome outcome, MemoryJob job, JobTable jobs, Instant now) {
        if (outcome instanceof Settlement.Completed) {
            jobs.settle(job, JobState.COMPLETED, null, null, now);
        } else if (outcome instanceof Settlement.Released released) {
            jobs.release(job, job.counters.released(released.why()), released.delay(), now);
        } else if (outcome instanceof Settlement.Failed failed) {
            job.counters = job.counters.failed(failed.why());
            jobs.settle(job, JobState.FAILED, failed.reason(), failed.detail(), now);
        } else if (outcome instanceof Settlement.Discarded discarded) {
            jobs.settle(job, JobState.DISCARDED, discarded.reason(), null, now);
        } else if (outcome instanceof Settlement.Returned) {
            jobs.comeBack(job, job.counters.notStarted(), now);
        }
    }
}
