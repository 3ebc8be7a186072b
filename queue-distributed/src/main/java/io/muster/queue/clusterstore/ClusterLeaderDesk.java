package io.muster.queue.clusterstore;

import io.muster.cluster.Subscription;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.Burials.Unreadable;
import io.muster.queue.clusterstore.Incarnations.Life;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore.LeaderDesk;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What the leader does, in transactions that compare its fence. */
final class ClusterLeaderDesk implements LeaderDesk {
    private static final Duration COUNT_PACE = Duration.ofSeconds(1);
    private static final int MOST_LOOKS = 100;

    private final Coordinator coordinator;
    private final Boards boards;
    private final Batches batches;
    private final Fences fences;
    private final Incarnations incarnations;
    private final Burials burials;
    private final Assigner assigner;
    private final Tending tending;
    private final Set<String> emptied = ConcurrentHashMap.newKeySet();
    private volatile Optional<Version> emptyOutbox = Optional.empty();
    private volatile Optional<Version> counted = Optional.empty();
    private volatile long countedAtNanos;

    ClusterLeaderDesk(
            Coordinator coordinator,
            Incarnations incarnations,
            Burials burials,
            Batches batches,
            Assigner assigner,
            Tending tending) {
        this.coordinator = coordinator;
        this.boards = new Boards(coordinator);
        this.batches = batches;
        this.countedAtNanos = coordinator.timeline().ticker().nanos() - COUNT_PACE.toNanos();
        this.fences = new Fences(coordinator);
        this.incarnations = incarnations;
        this.burials = burials;
        this.assigner = assigner;
        this.tending = tending;
    }

    @Override
    public void install(Fence fence) {
        fences.guard(fence);
    }

    @Override
    public void adopt(String group, String identity) {
        fences.adopt(group, identity);
    }

    @Override
    public AssignReport assign(Fence fence, List<Grant> grants) {
        return guarded(
                fence,
                boards::told,
                (board, guard) -> assigner.assign(
                        board,
                        Optional.of(guard),
                        grants,
                        coordinator.timeline().clock().instant()));
    }

    @Override
    public int revoke(Fence fence, String incarnation, String pool, int limit) {
        return guarded(fence, (board, guard) -> {
            List<Held> untaken = held(incarnation).readable().stream()
                    .filter(held -> held.job().state() == JobState.ASSIGNED
                            && held.job().pool().equals(pool))
                    .sorted(Comparator.comparingLong((Held held) -> held.entry().created())
                            .thenComparing(held -> held.job().place())
                            .reversed())
                    .limit(limit)
                    .toList();
            List<Key> back = new ArrayList<>();
            try {
                putBack(guard, untaken, back);
            } finally {
                assigner.tookBack(incarnation, back);
            }
            return back.size();
        });
    }

    /** Adds to {@code back} what is put back. */
    private void putBack(Compare guard, List<Held> untaken, List<Key> back) {
        Set<String> queues = new TreeSet<>();
        List<Item> items = new ArrayList<>();
        for (Held held : untaken) {
            Key key = held.entry().key();
            queues.add(held.job().job().queue());
            items.add(burials.putBack(held.entry(), held.job(), held.job().back(), () -> back.add(key)));
        }
        new Items(coordinator, Burials.frame(Optional.of(guard), queues)).commit(items);
    }

    @Override
    public BuryReport bury(Fence fence, String incarnation, int limit) {
        return guarded(fence, (board, guard) -> {
            Life life = buried(guard, incarnation);
            Holding holding = held(incarnation);
            List<Held> left = holding.readable();
            List<Held> now = left.subList(0, Math.min(limit, left.size()));
            int untaken = (int) now.stream()
                    .filter(held -> held.job().state() == JobState.ASSIGNED)
                    .count();
            List<Held> running = now.stream()
                    .filter(held -> held.job().state() == JobState.RUNNING)
                    .toList();
            Instant clock = coordinator.timeline().clock().instant();
            int failed = 0;
            List<String> crashed = new ArrayList<>(life.crashed());
            List<Item> items = new ArrayList<>();
            Set<String> queues = new TreeSet<>();
            for (Held held : now) {
                JobDocument job = held.job();
                queues.add(job.job().queue());
                boolean crash = job.state() == JobState.RUNNING && !life.survived();
                JobDocument back = crash ? job.crashed() : job.back();
                if (crash && Burials.crashedTooOften(back.counters(), job.job())) {
                    failed++;
                    items.add(burials.fail(held.entry(), job, back.counters(), StoredJob.CRASHED, "", clock, () -> {}));
                } else {
                    if (crash) {
                        crashed.add(job.id());
                    }
                    items.add(burials.putBack(held.entry(), job, back, () -> {}));
                }
            }
            if (crashed.size() > life.crashed().size()) {
                remember(guard, life, crashed);
            }
            for (Unreadable unreadable : holding.unreadable()) {
                queues.add(unreadable.job().queue());
                items.add(burials.fail(unreadable, clock));
            }
            new Items(coordinator, Burials.frame(Optional.of(guard), queues)).commit(items);
            burials.count(items);
            return new BuryReport(
                    untaken,
                    running.size() - failed,
                    failed + holding.unreadable().size(),
                    left.size() <= limit);
        });
    }

    /** The record as buried; writes it so if it is not. */
    private Life buried(Compare guard, String incarnation) {
        Key key = StoreKeys.incarnation(incarnation);
        while (true) {
            Optional<Life> life = incarnations.fresh(incarnation);
            if (life.isPresent() && life.get().status() == Status.BURIED) {
                return life.get();
            }
            Instant now = coordinator.timeline().clock().instant();
            byte[] value = life.map(found -> found.value(Status.BURIED, found.survived(), found.crashed()))
                    .orElseGet(() -> Incarnations.value(incarnation, "", now, Status.BURIED, false, List.of()));
            Transaction burial = Transaction.builder()
                    .require(guard)
                    .require(life.map(found -> Compare.unchanged(found.entry())).orElse(Compare.absent(key)))
                    .write(Write.put(key, value))
                    .build();
            commitGuarded(burial, guard);
        }
    }

    /** Who crashed is written before it is put back, so that a survivor can take it back whatever happens in between. */
    private void remember(Compare guard, Life life, List<String> crashed) {
        Transaction change = Transaction.builder()
                .require(guard)
                .require(Compare.unchanged(life.entry()))
                .write(Write.put(life.entry().key(), life.value(Status.BURIED, life.survived(), crashed)))
                .build();
        if (!commitGuarded(change, guard)) {
            throw new Assigner.GuardChangedException();
        }
    }

    private boolean commitGuarded(Transaction transaction, Compare guard) {
        CommitResult result = coordinator.commit(transaction);
        if (result instanceof CommitResult.Conflict conflict && conflict.keys().contains(guard.key())) {
            throw new Assigner.GuardChangedException();
        }
        return result instanceof CommitResult.Committed;
    }

    @Override
    public List<IncarnationRecord> incarnations() {
        return records(life -> true);
    }

    @Override
    public List<IncarnationRecord> incarnationsUncounted() {
        return records(life -> life.status() == Status.BURIED);
    }

    private List<IncarnationRecord> records(Predicate<Life> counted) {
        List<IncarnationRecord> records = new ArrayList<>();
        for (Life life : incarnations.all()) {
            boolean buried = life.status() == Status.BURIED;
            int held = !counted.test(life) || emptied.contains(life.incarnation())
                    ? 0
                    : coordinator.names(StoreKeys.held(life.incarnation())).size();
            if (buried && held == 0) {
                emptied.add(life.incarnation());
            }
            if (!buried || held > 0) {
                records.add(
                        new IncarnationRecord(life.incarnation(), life.node(), life.admittedAt(), life.status(), held));
            }
        }
        records.sort(Comparator.comparing(IncarnationRecord::incarnation));
        return records;
    }

    @Override
    public TendReport tend(Fence fence, Retention retention, Instant now, int limit) {
        return guarded(fence, (board, guard) -> tending.tend(board, guard, retention, now, limit, outboxOn(board)));
    }

    @Override
    public int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant now) {
        return guarded(
                fence, (board, guard) -> tending.failUnserved(board, guard, Set.copyOf(servedTypes), longest, now));
    }

    @Override
    public List<OutboxEntry> outbox(Fence fence, int limit) {
        return guarded(fence, (board, guard) -> {
            countLeftOver(board);
            if (board.outboxMark().equals(emptyOutbox)) {
                return List.of();
            }
            List<Entry> entries = coordinator.all(StoreKeys.OUTBOX);
            if (entries.isEmpty()) {
                emptyOutbox = board.outboxMark();
            }
            return Tending.oldestFirst(entries, limit);
        });
    }

    private TendReport.Outbox outboxOn(Board board) {
        boolean isEmpty =
                board.outboxMark().equals(emptyOutbox) && board.batchMark().equals(counted);
        return isEmpty ? TendReport.Outbox.EMPTY : TendReport.Outbox.NOT_SEEN;
    }

    @Override
    public OutboxPage outbox(Optional<String> from, int limit) {
        return Tending.page(coordinator.all(StoreKeys.OUTBOX), from, limit);
    }

    /** Nodes count what they have settled; what one left when it died is counted here. */
    private void countLeftOver(Board board) {
        long now = coordinator.timeline().ticker().nanos();
        if (board.batchMark().equals(counted) || now - countedAtNanos < COUNT_PACE.toNanos()) {
            return;
        }
        countedAtNanos = now;
        if (!batches.countAll()) {
            counted = board.batchMark();
        }
    }

    @Override
    public void relayed(Fence fence, List<String> outboxIds) {
        guarded(fence, (board, guard) -> {
            List<Item> items = outboxIds.stream()
                    .map(id ->
                            new Item(List.of(), List.of(Write.delete(StoreKeys.outbox(id))), done -> {}, never -> {}))
                    .toList();
            new Items(coordinator, Burials.frame(Optional.of(guard), Set.of())).commit(items);
            return items.size();
        });
    }

    @Override
    public Subscription onReady(Runnable hint) {
        Subscription watch = boards.watch(hint);
        AtomicBoolean over = new AtomicBoolean();
        assigner.begin();
        return () -> {
            watch.close();
            boards.forget();
            if (!over.getAndSet(true)) {
                assigner.rest();
            }
        };
    }

    /**
     * Runs with a board that shows this leader's fence, and with that as guard: whoever decides something that such a board does not show rewrites
     * the fence. If it changed, looks again, and ends if a newer leader wrote.
     */
    private <T> T guarded(Fence fence, BiFunction<Board, Compare, T> work) {
        return guarded(fence, boards::fresh, work);
    }

    private <T> T guarded(Fence fence, Supplier<Board> boardNow, BiFunction<Board, Compare, T> work) {
        for (int tries = 0; tries < MOST_LOOKS; tries++) {
            Board board = boardNow.get();
            try {
                return work.apply(board, fences.guard(board, fence));
            } catch (Assigner.GuardChangedException e) {
                boards.forget();
                fences.guard(fence);
            }
        }
        throw new StoreUnavailableException(
                "The fence of group \"" + fence.group() + "\" changes again and again, or is not listed");
    }

    private record Held(Entry entry, JobDocument job) {}

    private record Holding(List<Held> readable, List<Unreadable> unreadable) {}

    private Holding held(String incarnation) {
        Holding holding = new Holding(new ArrayList<>(), new ArrayList<>());
        for (Entry entry : coordinator.all(StoreKeys.held(incarnation))) {
            try {
                holding.readable().add(new Held(entry, Documents.read(entry.value())));
            } catch (Documents.UnreadableException e) {
                holding.unreadable().add(burials.unreadableHeld(entry, String.valueOf(e.getMessage())));
            }
        }
        return holding;
    }
}
