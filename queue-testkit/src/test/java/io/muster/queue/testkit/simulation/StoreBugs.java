package io.muster.queue.testkit.simulation;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StaleFenceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Bugs of a store that hands out jobs and takes their results. */
final class StoreBugs {
    private static final int ALL = 1_000;

    private StoreBugs() {}

    static Plant termIsNotCompared() {
        AtomicLong highest = new AtomicLong();
        return Plants.leader((store, method, arguments, real) -> {
            if (arguments.length == 0 || !(arguments[0] instanceof Fence fence)) {
                return real.call(arguments);
            }
            highest.accumulateAndGet(fence.term(), Math::max);
            try {
                return real.call(arguments);
            } catch (StaleFenceException e) {
                arguments[0] = new Fence(fence.group(), fence.identity(), highest.get());
                return real.call(arguments);
            }
        });
    }

    static Plant theBuriedSettle() {
        return Plants.nodes((store, method, arguments, real) -> {
            try {
                return real.call(arguments);
            } catch (IncarnationBuriedException e) {
                if (arguments.length > 0
                        && arguments[0] instanceof Exchange told
                        && !told.settlements().isEmpty()) {
                    return new ExchangeReply(
                            Collections.nCopies(told.settlements().size(), SettleResult.ACCEPTED), List.of(), 0);
                }
                throw e;
            }
        });
    }

    static Plant attemptIsNotCompared() {
        Map<String, AttemptToken> current = new HashMap<>();
        return Plants.exchange((store, told, real) -> {
            ExchangeReply reply;
            try {
                reply = real.call(told);
            } catch (IncarnationBuriedException e) {
                if (told.settlements().isEmpty()) {
                    throw e;
                }
                reply = new ExchangeReply(
                        Collections.nCopies(told.settlements().size(), SettleResult.STALE), List.of(), 0);
            }
            List<SettleResult> settled = new ArrayList<>(reply.settled());
            for (int i = 0; i < settled.size(); i++) {
                Settlement settlement = told.settlements().get(i);
                AttemptToken valid = current.get(settlement.token().jobId());
                if (settled.get(i) == SettleResult.STALE && valid != null && !valid.equals(settlement.token())) {
                    settled.set(i, settled(store.nodes()::exchange, valid, settlement.outcome(), told.pool()));
                }
            }
            reply.taken().forEach(attempt -> current.put(attempt.token().jobId(), attempt.token()));
            return new ExchangeReply(settled, reply.taken(), reply.waiting());
        });
    }

    private static SettleResult settled(Exchanging store, AttemptToken token, Settlement.Outcome outcome, String pool) {
        Settlement forged = Settlement.of(token, outcome);
        return store.call(new Exchange(token.incarnation(), pool, List.of(forged), 0, Optional.empty()))
                .settled()
                .get(0);
    }

    static Plant nothingIsReclaimed() {
        return Plants.leader((store, method, arguments, real) ->
                method.equals("bury") ? new BuryReport(0, 0, 0, true) : real.call(arguments));
    }

    static Plant reclaimedWithoutBurying() {
        Set<AttemptToken> begun = new LinkedHashSet<>();
        return Plants.both(noting(begun), Plants.leader((store, method, arguments, real) -> {
            if (!method.equals("bury")) {
                return real.call(arguments);
            }
            String incarnation = (String) arguments[1];
            int untaken = store.leader().revoke((Fence) arguments[0], incarnation, "default", ALL);
            return new BuryReport(untaken, returned(store.nodes()::exchange, begun, incarnation), 0, true);
        }));
    }

    static Plant startedJobsAreRevoked() {
        Set<AttemptToken> begun = new LinkedHashSet<>();
        return Plants.both(noting(begun), Plants.leader((store, method, arguments, real) -> {
            Object result = real.call(arguments);
            if (method.equals("revoke")) {
                int unused = returned(store.nodes()::exchange, begun, (String) arguments[1]);
            }
            return result;
        }));
    }

    static Plant lostRepliesAreNotDeliveredAgain() {
        return Plants.exchange((store, told, real) -> real.call(
                new Exchange(told.incarnation(), told.pool(), told.settlements(), told.take(), Optional.empty())));
    }

    static Plant crashesCountAsTries() {
        return Plants.exchange((store, told, real) -> {
            ExchangeReply reply = real.call(told);
            List<Attempt> taken =
                    reply.taken().stream().map(StoreBugs::withCrashesAsTries).toList();
            return new ExchangeReply(reply.settled(), taken, reply.waiting());
        });
    }

    private static Attempt withCrashesAsTries(Attempt attempt) {
        Counters said = attempt.counters();
        Counters counters = new Counters(
                said.starts() + said.crashes(),
                said.releases(),
                said.exceptions(),
                said.timeouts(),
                said.crashes(),
                said.suspectCrashes());
        return new Attempt(
                attempt.token(),
                attempt.queue(),
                attempt.type(),
                attempt.payload(),
                attempt.priority(),
                counters,
                attempt.fencingToken(),
                attempt.pushedAt());
    }

    private static Plant noting(Set<AttemptToken> begun) {
        return Plants.exchange((store, told, real) -> {
            ExchangeReply reply = real.call(told);
            reply.taken().forEach(attempt -> begun.add(attempt.token()));
            return reply;
        });
    }

    private interface Exchanging {
        ExchangeReply call(Exchange exchange);
    }

    /** Gives back what an incarnation has begun; answers how many jobs that were. */
    private static int returned(Exchanging store, Set<AttemptToken> begun, String incarnation) {
        List<Settlement> back = begun.stream()
                .filter(token -> token.incarnation().equals(incarnation))
                .map(token -> Settlement.of(token, new Settlement.Returned()))
                .toList();
        ExchangeReply reply = store.call(new Exchange(incarnation, "default", back, 0, Optional.empty()));
        return (int)
                reply.settled().stream().filter(SettleResult.ACCEPTED::equals).count();
    }
}
