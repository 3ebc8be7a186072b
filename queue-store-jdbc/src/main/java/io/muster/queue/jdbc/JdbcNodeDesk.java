package io.muster.queue.jdbc;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.SettleResult;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Each call of a node is one transaction, which has the incarnation's row until it ends. */
final class JdbcNodeDesk implements JobStore.NodeDesk {
    /** So many exchanges after one that was not the usual one are expected to be like it. */
    private static final int UNUSUAL = 20;

    private final Database database;
    private final Lanes lanes;
    private final Wakes wakes;
    private final Cursors cursors;
    private final IdleLanes idle;
    private final AtomicInteger unusual = new AtomicInteger();
    private final AtomicInteger unusualReserves = new AtomicInteger();

    JdbcNodeDesk(Database database, Lanes lanes, Wakes wakes) {
        this.database = database;
        this.lanes = lanes;
        this.wakes = wakes;
        this.cursors = new Cursors(database.timeline.ticker());
        this.idle = new IdleLanes(database.timeline.ticker());
    }

    @Override
    public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
        database.transaction("admit an incarnation", session -> {
            if (new Incarnations(session).admit(incarnation) && survivorOf.isPresent()) {
                new Survivors(session, lanes).takeBack(survivorOf.get());
            }
            return true;
        });
        wakes.ready(survivorOf.isPresent());
    }

    @Override
    public void leave(String incarnation) {
        database.transaction("leave", session -> {
            Incarnations incarnations = new Incarnations(session);
            Incarnations.Life life = incarnations.lock(incarnation).orElse(null);
            if (life == null) {
                incarnations.bury(incarnation);
            } else if (life.status() == Status.ADMITTED) {
                incarnations.leaves(incarnation);
                for (Pool pool : new Pools(session).of(incarnation)) {
                    new Burial(session, lanes).takeBackUntaken(pool, pool.untaken());
                }
                Burial.buryIfGone(session, incarnation);
            }
            return true;
        });
        wakes.ready(true);
    }

    /** A reply and whom it gives reason to look. */
    private record Exchanged(ExchangeReply reply, boolean someReady) {}

    @Override
    public ExchangeReply exchange(Exchange exchange) {
        Exchanged done = quick(exchange)
                .orElseGet(() -> lanes.making(
                        () -> database.transaction("exchange jobs", session -> exchanged(session, exchange))));
        wakes.ready(done.someReady());
        return done.reply();
    }

    /** Empty if nothing was done: the exchange is not the usual one, or those before it were not. */
    private Optional<Exchanged> quick(Exchange exchange) {
        boolean tried = database.dialect.isQuick()
                && QuickExchange.suits(exchange)
                && unusual.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
        Optional<Exchanged> done = tried
                ? lanes.making(() -> database.transaction("exchange jobs", session -> {
                    QuickExchange quick = new QuickExchange(session, lanes, exchange);
                    return quick.run().map(reply -> new Exchanged(reply, quick.someReady()));
                }))
                : Optional.empty();
        if (tried && done.isEmpty()) {
            unusual.set(UNUSUAL);
        }
        return done;
    }

    private Exchanged exchanged(Session session, Exchange exchange) throws SQLException {
        Incarnations.Life life = new Incarnations(session).settling(exchange.incarnation());
        List<SettleResult> results = List.of();
        Set<String> settledNow = Set.of();
        boolean someReady = false;
        if (!exchange.settlements().isEmpty()) {
            Set<Long> pools = new HashSet<>();
            new Pools(session).of(exchange.incarnation()).forEach(pool -> pools.add(pool.id()));
            Settling settling = new Settling(session, lanes, Pool.name(exchange.incarnation(), exchange.pool()));
            results = settling.settle(exchange.incarnation(), pools, exchange.settlements());
            settledNow = settling.settled();
            someReady = settling.someReady();
        }
        Taking.Taken taken = new Taking(session, lanes).take(exchange, settledNow);
        if (life.status() == Status.LEAVING) {
            Burial.buryIfGone(session, exchange.incarnation());
        }
        return new Exchanged(new ExchangeReply(results, taken.attempts(), taken.waiting()), someReady);
    }

    @Override
    public AssignReport reserve(Grant own, Instant callersNow) {
        long nonce = database.timeline.random().nextLong();
        AssignReport report = quickly(own, nonce)
                .orElseGet(() -> database.transaction("reserve jobs", session -> {
                    beginReserving(session, own);
                    return new Assigning(session, lanes, nonce).fill(List.of(own), true);
                }));
        if (report.total() > 0) {
            wakes.assigned(Set.of(own.incarnation()));
        }
        return report;
    }

    @Override
    public boolean reservesAhead() {
        return database.dialect.isQuick();
    }

    @Override
    public int giveBack(String incarnation, String pool, int limit) {
        int back = database.transaction(
                "give jobs back", session -> Burial.takeBackUntaken(session, lanes, incarnation, pool, limit));
        wakes.ready(back > 0);
        return back;
    }

    private void beginReserving(Session session, Grant own) throws SQLException {
        Incarnations.Life life =
                new Incarnations(session).share(List.of(own.incarnation())).get(own.incarnation());
        if (life == null || life.status() != Status.ADMITTED) {
            throw Incarnations.cannotReserve(own.incarnation());
        }
        new Tending(session, lanes).promoteOf(own.queues(), Tending.MOST_PROMOTED);
    }

    /** Empty if nothing was done: what is ready is not the usual, or others have it, or it was so lately. */
    private Optional<AssignReport> quickly(Grant own, long nonce) {
        if (!database.dialect.isQuick() || unusualReserves.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return Optional.empty();
        }
        QuickAssign.Memory memory = QuickAssign.Memory.of(cursors, idle, wakes);
        Optional<QuickAssign.Done> done = database.transaction("reserve jobs", session -> {
            return new QuickAssign(session, lanes, QuickAssign.Rivals.NODES, memory, nonce).fill(List.of(own), true);
        });
        done.ifPresentOrElse(written -> written.committed().run(), () -> unusualReserves.set(UNUSUAL));
        return done.map(QuickAssign.Done::report);
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        return wakes.onAssigned(incarnation, hint);
    }
}
