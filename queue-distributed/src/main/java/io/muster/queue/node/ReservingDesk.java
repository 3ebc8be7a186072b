package io.muster.queue.node;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Timeline;
import io.muster.queue.failed.FailureNote;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.worker.LiveOptions;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.Stint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A pool's desk where perhaps no leader assigns: while it reserves, it assigns to its own pool before it takes, and is hinted at
 * ready jobs (C7). A pool that takes jobs in groups reserves the next one meanwhile, if the store gains by that. Thread-safe.
 */
final class ReservingDesk implements NodeDesk {
    private static final Subscription NONE = () -> {};

    private final String node;
    private final JobStore store;
    private final LiveOptions live;
    private final Stint stint;
    private final Set<String> types;
    private final Timeline timeline;
    private final List<Runnable> hints = new CopyOnWriteArrayList<>();
    private final AtomicReference<Subscription> ready = new AtomicReference<>(NONE);
    private final ReservedAhead ahead;
    private volatile boolean reserving;

    /** Of the pool with these options, for its present work. */
    ReservingDesk(String node, JobStore store, LiveOptions live, Stint stint, Set<String> types, Timeline timeline) {
        this.node = node;
        this.store = store;
        this.live = live;
        this.stint = stint;
        this.types = types;
        this.timeline = timeline;
        this.ahead = new ReservedAhead(
                store.nodes(), timeline, node + "-reserve-" + live.get().name());
    }

    @Override
    public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
        store.nodes().admit(incarnation, survivorOf);
    }

    @Override
    public void leave(String incarnation) {
        store.nodes().leave(incarnation);
    }

    @Override
    public ExchangeReply exchange(Exchange exchange) {
        boolean promised =
                reserving && exchange.take() > 0 && exchange.holding().isEmpty() && reserveFor(exchange);
        ExchangeReply reply = store.nodes().exchange(FailureNote.named(exchange, node));
        ahead.ended(reply.taken().size(), reply.waiting());
        boolean gone = promised && reply.taken().isEmpty(); // What was reserved ahead was given back meanwhile.
        if (reserving && (gone || exchange.holding().isPresent())) {
            hint(); // It reserved nothing: whether there is something is still to be found out.
        }
        return reply;
    }

    /**
     * What was reserved during the trip before, or what can be had now; and, if that is as much as is wanted, more for the trip after this. Answers
     * whether it relied on the trip before.
     */
    private boolean reserveFor(Exchange exchange) {
        boolean before = ahead.any();
        boolean enough = before;
        if (!enough) {
            Grant now = grant(exchange, stint.mostHeld());
            enough = store.nodes().reserve(now, timeline.clock().instant()).total() >= exchange.take();
        }
        boolean inGroups = exchange.take() > live.get().concurrency() && !stint.counts();
        if (enough && inGroups && store.nodes().reservesAhead()) {
            ahead.begin(grant(exchange, stint.mostHeld() + exchange.take()));
        }
        return before;
    }

    private Grant grant(Exchange exchange, int limit) {
        PoolOptions pool = live.get();
        return new Grant(exchange.incarnation(), pool.name(), pool.order().drawn(timeline.random()), types, limit);
    }

    @Override
    public AssignReport reserve(Grant own, Instant now) {
        return store.nodes().reserve(own, now);
    }

    /** Whether it reserves from now on. Call from one thread at a time. */
    void reserve(boolean on) {
        if (on == reserving) {
            return;
        }
        reserving = on;
        ready.getAndSet(on ? store.leader().onReady(this::hint) : NONE).close();
        hint();
    }

    private void hint() {
        hints.forEach(Runnable::run);
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        Subscription assigned = store.nodes().onAssigned(incarnation, hint);
        hints.add(hint);
        return () -> {
            assigned.close();
            hints.remove(hint);
            if (hints.isEmpty()) {
                ready.getAndSet(NONE).close();
                ahead.close();
            }
        };
    }
}
