package io.muster.queue.node;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.worker.PoolOptions;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A node's desk without a leader that assigns: reserves for its own pool before it takes (C7). */
final class ReservingDesk implements NodeDesk {
    private final JobStore store;
    private final PoolOptions pool;
    private final Set<String> types;
    private final Timeline timeline;

    ReservingDesk(JobStore store, PoolOptions pool, Set<String> types, Timeline timeline) {
        this.store = store;
        this.pool = pool;
        this.types = types;
        this.timeline = timeline;
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
        if (exchange.take() > 0 && exchange.holding().isEmpty()) {
            int beyondSlots = Math.max(0, exchange.take() - pool.concurrency());
            int limit = pool.concurrency() + exchange.settlements().size() + beyondSlots;
            Grant own =
                    new Grant(exchange.incarnation(), pool.name(), pool.order().drawn(timeline.random()), types, limit);
            store.nodes().reserve(own, timeline.clock().instant());
        }
        return store.nodes().exchange(exchange);
    }

    @Override
    public AssignReport reserve(Grant own, Instant now) {
        return store.nodes().reserve(own, now);
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        Subscription assigned = store.nodes().onAssigned(incarnation, hint);
        Subscription ready = store.leader().onReady(hint);
        return () -> {
            assigned.close();
            ready.close();
        };
    }
}
