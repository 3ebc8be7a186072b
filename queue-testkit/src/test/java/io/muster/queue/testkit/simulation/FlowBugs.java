package io.muster.queue.testkit.simulation;

import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Bugs of what follows: chains, batches, schedules. */
final class FlowBugs {
    private static final String AGAIN = ".again";

    private FlowBugs() {}

    static Plant followUpsAreForgotten() {
        AtomicInteger follows = new AtomicInteger();
        return Plants.exchange((store, told, real) -> real.call(new Exchange(
                told.incarnation(),
                told.pool(),
                told.settlements().stream()
                        .map(settlement -> settlement.outbox().isEmpty() || follows.incrementAndGet() % 5 != 0
                                ? settlement
                                : Settlement.of(settlement.token(), settlement.outcome()))
                        .toList(),
                told.take(),
                told.holding())));
    }

    static Plant linkIsPushedTwice() {
        return Plants.exchange((store, told, real) -> {
            ExchangeReply reply = real.call(told);
            for (int i = 0; i < reply.settled().size(); i++) {
                List<OutboxEntry> follow = told.settlements().get(i).outbox();
                if (reply.settled().get(i) == SettleResult.ACCEPTED && !follow.isEmpty()) {
                    pushAgain(store, follow.get(0).job());
                }
            }
            return reply;
        });
    }

    static Plant callbackIsPushedTwice() {
        List<NewBatch> open = new ArrayList<>();
        Plant noting = Plants.server(BatchDesk.class, (store, method, arguments, real) -> {
            Object result = real.call(arguments);
            if (method.equals("create")) {
                open.add((NewBatch) arguments[0]);
            }
            return result;
        });
        return Plants.both(noting, Plants.exchange((store, told, real) -> {
            ExchangeReply reply = real.call(told);
            for (Iterator<NewBatch> each = open.iterator(); each.hasNext(); ) {
                NewBatch batch = each.next();
                OutboxEntry last = batch.callbacks().get(BatchEvent.FINALLY);
                boolean finished = store.batches()
                        .find(batch.id())
                        .filter(StoredBatch::finished)
                        .isPresent();
                if (finished && last != null) {
                    pushAgain(store, last.job().withId(batch.id()));
                    each.remove();
                }
            }
            return reply;
        }));
    }

    static Plant counterIsNotLowered() {
        return Plants.server(BatchDesk.class, (store, method, arguments, real) -> {
            if (method.equals("create")) {
                List<NewJob> members = new ArrayList<>();
                for (Object member : (List<?>) arguments[1]) {
                    NewJob job = (NewJob) member;
                    members.add(
                            members.isEmpty()
                                    ? job.withBatch(new BatchMembership(((NewBatch) arguments[0]).id(), 2))
                                    : job);
                }
                arguments[1] = members;
            }
            return real.call(arguments);
        });
    }

    static Plant tickIsFiredTwice() {
        AtomicLong term = new AtomicLong();
        return Plants.schedules((store, method, arguments, real) -> {
            Object result = real.call(arguments);
            if (method.equals("fire")
                    && term.getAndSet(((Fence) arguments[0]).term()) != ((Fence) arguments[0]).term()) {
                for (int i = 0; i < ((List<?>) result).size(); i++) {
                    if (((List<?>) result).get(i) instanceof FireResult.Fired) {
                        pushAgain(
                                store,
                                ((Firing) ((List<?>) arguments[1]).get(i))
                                        .jobs()
                                        .get(0));
                    }
                }
            }
            return result;
        });
    }

    private static void pushAgain(JobStore store, NewJob job) {
        store.intake().push(List.of(job.withId(job.id() + AGAIN)));
    }
}
