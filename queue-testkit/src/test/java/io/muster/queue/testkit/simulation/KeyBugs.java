package io.muster.queue.testkit.simulation;

import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Bugs of unique and overlap keys. */
final class KeyBugs {
    private KeyBugs() {}

    static Plant uniqueKeyIsKeptOnFailure() {
        Map<String, NewJob> pushed = new HashMap<>();
        Map<String, String> kept = new HashMap<>();
        Plant keeping = Plants.exchange((store, told, real) -> {
            ExchangeReply reply = real.call(told);
            for (Settlement settlement : accepted(told.settlements(), reply)) {
                NewJob job = pushed.get(settlement.token().jobId());
                if (settlement.outcome() instanceof Settlement.Failed && job != null) {
                    job.unique().ifPresent(key -> kept.put(key.key(), job.id()));
                }
            }
            return reply;
        });
        return Plants.both(keeping, Plants.push((store, jobs, real) -> {
            List<PushOutcome> outcomes = new ArrayList<>();
            for (NewJob job : jobs) {
                Optional<String> holder = job.unique().map(key -> kept.get(key.key()));
                outcomes.add(
                        holder.isPresent()
                                ? new PushOutcome.DuplicateOf(job.id(), holder.get())
                                : real.call(List.of(job)).get(0));
                pushed.put(job.id(), job);
            }
            return outcomes;
        }));
    }

    static Plant uniqueKeyIsFreedOnRelease() {
        Map<String, NewJob> pushed = new HashMap<>();
        Set<String> freed = new HashSet<>();
        Plant freeing = Plants.exchange((store, told, real) -> {
            ExchangeReply reply = real.call(told);
            for (Settlement settlement : accepted(told.settlements(), reply)) {
                NewJob job = pushed.get(settlement.token().jobId());
                if (settlement.outcome() instanceof Settlement.Released && job != null) {
                    job.unique().map(UniqueKey::key).ifPresent(freed::add);
                }
            }
            return reply;
        });
        return Plants.both(freeing, Plants.push((store, jobs, real) -> {
            jobs.forEach(job -> pushed.put(job.id(), job));
            return real.call(jobs.stream()
                    .map(job -> job.unique()
                                    .map(UniqueKey::key)
                                    .filter(freed::remove)
                                    .isPresent()
                            ? with(job, Optional.empty(), job.overlap())
                            : job)
                    .toList());
        }));
    }

    static Plant overlapIsNotCompared() {
        return Plants.push((store, jobs, real) -> real.call(jobs.stream()
                .map(job -> with(job, job.unique(), Optional.empty()))
                .toList()));
    }

    static Plant staleOwnerFreesKey() {
        Map<String, NewJob> pushed = new HashMap<>();
        Set<String> freed = new HashSet<>();
        Plant freeing = Plants.exchange((store, told, real) -> {
            List<SettleResult> settled = Collections.nCopies(told.settlements().size(), SettleResult.STALE);
            try {
                ExchangeReply reply = real.call(told);
                settled = reply.settled();
                return reply;
            } finally {
                for (int i = 0; i < settled.size(); i++) {
                    NewJob job = pushed.get(told.settlements().get(i).token().jobId());
                    if (settled.get(i) == SettleResult.STALE && job != null) {
                        job.overlap().map(OverlapKey::key).ifPresent(freed::add);
                    }
                }
            }
        });
        return Plants.both(freeing, Plants.push((store, jobs, real) -> {
            jobs.forEach(job -> pushed.put(job.id(), job));
            return real.call(jobs.stream()
                    .map(job -> job.overlap()
                                    .map(OverlapKey::key)
                                    .filter(freed::contains)
                                    .isPresent()
                            ? with(job, job.unique(), Optional.empty())
                            : job)
                    .toList());
        }));
    }

    private static List<Settlement> accepted(List<Settlement> told, ExchangeReply reply) {
        List<Settlement> accepted = new ArrayList<>();
        for (int i = 0; i < reply.settled().size(); i++) {
            if (reply.settled().get(i) == SettleResult.ACCEPTED) {
                accepted.add(told.get(i));
            }
        }
        return accepted;
    }

    private static NewJob with(NewJob job, Optional<UniqueKey> unique, Optional<OverlapKey> overlap) {
        return new NewJob(
                job.id(),
                job.queue(),
                job.type(),
                job.payload(),
                job.priority(),
                job.dueAt(),
                job.maxCrashes(),
                unique,
                overlap,
                job.batch(),
                job.tellsFailure());
    }
}
