package io.muster.queue.memory;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
            List<SettleResult> settled = exchange.settlements().stream()
                    .map(settlement -> settle(settlement, life, content, now))
                    .toList();
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
            Settlement settlement, Incarnations.Life life, Memory.Content content, Instant now) {
        Optional<MemoryJob> current = content.jobs()
                .find(settlement.token().jobId())
                .filter(job -> job.isCurrent(settlement.token()))
                .filter(job -> settlement.token().incarnation().equals(life.name));
        if (current.isEmpty()) {
            return SettleResult.STALE;
        }
        apply(settlement.outcome(), current.get(), content.jobs(), now);
        for (OutboxEntry entry : settlement.outbox()) {
            content.outbox().putIfAbsent(entry.id(), entry);
        }
        return SettleResult.ACCEPTED;
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
