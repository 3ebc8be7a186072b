package io.muster.queue.clusterstore;

import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.HeldJobs.Held;
import io.muster.queue.clusterstore.Incarnations.Life;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What nodes do: every write compares the incarnation's record, which its burial changes. */
final class ClusterNodeDesk implements NodeDesk, AutoCloseable {
    private static final int PROMOTE_LIMIT = 200;

    private final Coordinator coordinator;
    private final Incarnations incarnations;
    private final Burials burials;
    private final Batches batches;
    private final Assigner assigner;
    private final Tending tending;
    private final Survivors survivors;
    private final HeldHere heldHere;
    private final Map<String, AtWork> atWork = new ConcurrentHashMap<>();

    ClusterNodeDesk(
            Coordinator coordinator,
            Incarnations incarnations,
            Burials burials,
            Batches batches,
            Assigner assigner,
            Tending tending,
            HeldHere heldHere) {
        this.coordinator = coordinator;
        this.heldHere = heldHere;
        this.batches = batches;
        this.incarnations = incarnations;
        this.burials = burials;
        this.assigner = assigner;
        this.tending = tending;
        this.survivors = new Survivors(coordinator, incarnations);
    }

    /** What this process keeps of an incarnation while it works. */
    private final class AtWork {
        final List<Runnable> hints = new CopyOnWriteArrayList<>();
        final HeldJobs held;
        final Tallies.Shelf tallies;

        AtWork(String incarnation) {
            this.held = heldHere.begin(
                    incarnation, name -> new HeldJobs(coordinator, name, () -> hints.forEach(Runnable::run)));
            this.tallies = new Tallies.Shelf(coordinator, incarnation);
        }
    }

    @Override
    public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
        survivorOf.ifPresent(lost -> {
            survivors.survived(lost);
            forget(lost);
        });
        Key key = StoreKeys.incarnation(incarnation.incarnation());
        while (true) {
            Optional<Life> life = incarnations.fresh(incarnation.incarnation());
            if (life.isPresent()) {
                if (life.get().status() == Status.ADMITTED) {
                    return;
                }
                throw over(incarnation.incarnation());
            }
            coordinator.commit(Transaction.builder()
                    .require(Compare.absent(key))
                    .write(Write.put(key, Incarnations.admitted(incarnation)))
                    .build());
        }
    }

    @Override
    public void leave(String incarnation) {
        while (true) {
            Optional<Life> life = incarnations.fresh(incarnation);
            if (life.isPresent() && life.get().status() == Status.BURIED) {
                forget(incarnation);
                return;
            }
            List<Held> held = life.isPresent() ? heldNow(incarnation) : List.of();
            List<Held> untaken = held.stream()
                    .filter(job -> job.job().state() == JobState.ASSIGNED)
                    .toList();
            boolean leaving = life.isPresent() && life.get().status() == Status.LEAVING;
            if (leaving && !untaken.isEmpty()) {
                giveBack(life.get(), untaken);
            } else if (held.isEmpty()) {
                change(incarnation, life, Status.BURIED);
            } else if (!leaving) {
                change(incarnation, life, Status.LEAVING);
            } else {
                return;
            }
        }
    }

    private void giveBack(Life life, List<Held> untaken) {
        Set<String> queues = new TreeSet<>();
        List<Item> items = new ArrayList<>();
        for (Held held : untaken) {
            queues.add(held.job().job().queue());
            Entry entry = new Entry(held.key(), new byte[0], held.version(), held.fencingToken(), Optional.empty());
            items.add(burials.putBack(entry, held.job(), held.job().back(), () -> {}));
        }
        new Items(
                        coordinator,
                        Burials.frame(Optional.of(Compare.present(life.entry().key())), queues))
                .commit(items);
    }

    private void change(String incarnation, Optional<Life> life, Status status) {
        Key key = StoreKeys.incarnation(incarnation);
        Instant now = coordinator.timeline().clock().instant();
        byte[] value = life.map(found -> found.value(status, found.survived(), found.crashed()))
                .orElseGet(() -> Incarnations.value(incarnation, "", now, status, false, List.of()));
        coordinator.commit(Transaction.builder()
                .require(life.map(found -> Compare.unchanged(found.entry())).orElse(Compare.absent(key)))
                .write(Write.put(key, value))
                .build());
    }

    @Override
    public ExchangeReply exchange(Exchange exchange) {
        Life life = living(exchange.incarnation());
        AtWork work = work(exchange.incarnation());
        Tallies tallies = work.tallies.take();
        try {
            ExchangeCall call =
                    new ExchangeCall(coordinator, incarnations, burials, work.held, tallies, exchange, life);
            ExchangeReply reply = call.run();
            batches.countSoon(call.endedIn());
            if (life.status() == Status.LEAVING) {
                leave(exchange.incarnation());
            }
            return reply;
        } catch (StoreException e) {
            tallies.doubt();
            if (e instanceof IncarnationBuriedException) {
                forget(exchange.incarnation());
            }
            throw e;
        } finally {
            work.tallies.giveBack(tallies);
        }
    }

    @Override
    public AssignReport reserve(Grant own, Instant now) {
        Life life = incarnations.fresh(own.incarnation()).orElseThrow(() -> over(own.incarnation()));
        if (life.status() != Status.ADMITTED) {
            throw over(own.incarnation());
        }
        Board board = Board.read(coordinator);
        int promoted = tending.promote(
                board, own.queues(), coordinator.timeline().clock().instant(), PROMOTE_LIMIT);
        Board current = promoted == 0 ? board : Board.read(coordinator);
        while (true) {
            try {
                return assigner.assign(current, Optional.empty(), List.of(own), now);
            } catch (Assigner.GuardChangedException e) { // A queue was paused.
                current = Board.read(coordinator);
            }
        }
    }

    @Override
    public Subscription onAssigned(String incarnation, Runnable hint) {
        AtWork work = work(incarnation);
        work.hints.add(hint);
        return () -> work.hints.remove(hint);
    }

    @Override
    public void close() {
        batches.settle();
        atWork.keySet().forEach(this::forget);
    }

    private Life living(String incarnation) {
        return incarnations
                .recent(incarnation)
                .filter(life -> life.status() != Status.BURIED)
                .orElseThrow(() -> over(incarnation));
    }

    private AtWork work(String incarnation) {
        return atWork.computeIfAbsent(incarnation, AtWork::new);
    }

    private void forget(String incarnation) {
        if (atWork.remove(incarnation) != null) {
            heldHere.end(incarnation);
        }
    }

    private List<Held> heldNow(String incarnation) {
        return coordinator.all(StoreKeys.held(incarnation)).stream()
                .flatMap(entry -> HeldJobs.held(entry).stream())
                .toList();
    }

    static IncarnationBuriedException over(String incarnation) {
        return new IncarnationBuriedException(
                "Incarnation " + incarnation + " is not admitted, or buried; nothing was applied. Rejoin as a new one");
    }
}
