package io.muster.queue.clusterstore;

import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.HeldJobs.Held;
import io.muster.queue.clusterstore.Incarnations.Life;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One exchange: settlements and takes packed into as few transactions as they fit, each of which compares that the incarnation is not
 * buried and counts what it completes.
 */
final class ExchangeCall implements Items.Frame {
    private final Coordinator coordinator;
    private final Incarnations incarnations;
    private final Burials burials;
    private final HeldJobs held;
    private final Tallies tallies;
    private final Exchange exchange;
    private final Instant now;
    private Life life;
    private final SettleResult[] results;
    private final List<Attempt> taken = new ArrayList<>();
    private final Map<Item, String> completing = new HashMap<>();
    private final Map<Item, Set<String>> changing = new HashMap<>();
    private final Map<Item, Ending> ending = new HashMap<>();
    private final Set<String> endedIn = new TreeSet<>();
    private final Set<Key> known = new HashSet<>();
    private final String place;
    private final List<Integer> again = new ArrayList<>();
    private int lostClaims;

    /** What one settlement means to the batch of its job. */
    private record Ending(JobDocument job, String batchId, BatchEnds ends) {}

    ExchangeCall(
            Coordinator coordinator,
            Incarnations incarnations,
            Burials burials,
            HeldJobs held,
            Tallies tallies,
            Exchange exchange,
            Life life) {
        this.coordinator = coordinator;
        this.incarnations = incarnations;
        this.burials = burials;
        this.held = held;
        this.tallies = tallies;
        this.exchange = exchange;
        this.life = life;
        this.now = coordinator.timeline().clock().instant();
        this.place = Places.at(now);
        this.results = new SettleResult[exchange.settlements().size()];
        Arrays.fill(results, SettleResult.STALE);
    }

    ExchangeReply run() {
        exchange.holding().ifPresent(holding -> refresh());
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            settle(i).ifPresent(items::add);
        }
        int redelivered = exchange.holding().map(this::redeliver).orElse(0);
        int wanted = exchange.take() - redelivered;
        List<Held> claims = claim(wanted);
        try {
            claims.forEach(claim -> items.add(take(claim)));
            new Items(coordinator, this).commit(items);
            settleAgain();
            takeInstead(wanted - claims.size() + lostClaims);
        } finally {
            held.unclaim(claims);
        }
        return new ExchangeReply(List.of(results), taken, held.waiting(exchange.pool()));
    }

    /** Somebody may have changed what a document counts without ending the attempt: then its token is still the current one. */
    private void settleAgain() {
        while (!again.isEmpty()) {
            List<Integer> repeated = List.copyOf(again);
            again.clear();
            List<Item> items = new ArrayList<>();
            repeated.forEach(i -> settle(i).ifPresent(items::add));
            new Items(coordinator, this).commit(items);
        }
    }

    private void refresh() {
        List<Entry> directory = coordinator.all(StoreKeys.held(exchange.incarnation()));
        held.replace(directory.stream()
                .flatMap(entry -> HeldJobs.held(entry).stream())
                .toList());
        life = incarnations
                .fresh(exchange.incarnation())
                .filter(found -> found.status() != Status.BURIED)
                .orElseThrow(() -> ClusterNodeDesk.over(exchange.incarnation()));
        failUnreadable(directory);
    }

    /** What lies here and cannot be read would take a slot for ever: it fails with that reason and is kept. */
    private void failUnreadable(List<Entry> directory) {
        List<Item> items = new ArrayList<>();
        for (Entry entry : directory) {
            Documents.whyUnreadable(entry.value()).ifPresent(why -> {
                Burials.Unreadable unreadable = burials.unreadableHeld(entry, why);
                Item item = burials.fail(unreadable, now);
                changing.put(item, Set.of(unreadable.job().queue()));
                items.add(item);
            });
        }
        new Items(coordinator, this).commit(items);
        endedIn.addAll(Items.batches(items));
    }

    private Optional<Item> settle(int index) {
        Settlement settlement = exchange.settlements().get(index);
        Optional<Held> current = current(settlement.token());
        if (current.isEmpty()) {
            return Optional.empty();
        }
        Key key = current.get().key();
        JobDocument job = current.get().job();
        Settling settling = Settling.of(coordinator, current.get(), settlement, known, now);
        Item item = new Item(
                settling.compares(),
                settling.writes(),
                committed -> {
                    results[index] = SettleResult.ACCEPTED;
                    held.left(key);
                    job.job().batch().ifPresent(member -> endedIn.add(member.batchId()));
                },
                conflict -> {
                    FollowUps.learn(coordinator, conflict, known);
                    reconsider(index, key);
                });
        settling.completedQueue().ifPresent(queue -> completing.put(item, queue));
        changing.put(item, settling.changedQueues());
        settling.ends()
                .ifPresent(ends -> ending.put(
                        item, new Ending(job, job.job().batch().orElseThrow().batchId(), ends)));
        return Optional.of(item);
    }

    private void reconsider(int index, Key key) {
        Optional<Held> now = coordinator.read(key).flatMap(HeldJobs::held);
        AttemptToken token = exchange.settlements().get(index).token();
        if (now.isPresent() && isCurrent(now.get(), token)) {
            held.took(now.get());
            again.add(index);
        } else {
            held.left(key);
        }
    }

    private Optional<Held> current(AttemptToken token) {
        if (!token.incarnation().equals(exchange.incarnation())) {
            return Optional.empty();
        }
        Optional<Held> known = held.running(token.jobId(), token.number());
        return known.or(() -> read(token)).filter(found -> isCurrent(found, token));
    }

    /** For an attempt that another handle of this incarnation took. */
    private Optional<Held> read(AttemptToken token) {
        return coordinator.names(StoreKeys.held(token.incarnation())).stream()
                .map(Entry::key)
                .filter(key -> StoreKeys.heldName(key).jobId().equals(token.jobId()))
                .findFirst()
                .flatMap(coordinator::read)
                .flatMap(HeldJobs::held);
    }

    private static boolean isCurrent(Held found, AttemptToken token) {
        return found.job().state() == JobState.RUNNING && found.job().token().equals(token);
    }

    private int redeliver(Set<String> holding) {
        Set<String> settled = exchange.settlements().stream()
                .map(settlement -> settlement.token().jobId())
                .collect(Collectors.toSet());
        List<Held> lost = held.running(exchange.pool()).stream()
                .filter(job -> !holding.contains(job.job().id())
                        && !settled.contains(job.job().id()))
                .toList();
        lost.forEach(job -> taken.add(job.job().attempt(job.fencingToken())));
        return lost.size();
    }

    private List<Held> claim(int most) {
        if (most <= 0 || life.status() != Status.ADMITTED) {
            return List.of();
        }
        if (held.waiting(exchange.pool()) == 0 && exchange.holding().isEmpty()) {
            lookForMore();
        }
        return held.claim(exchange.pool(), most);
    }

    /** The watch may lag behind a leader in another process. Mostly it does not: then names are enough. */
    private void lookForMore() {
        if (held.knows(coordinator.names(directory()))) {
            return;
        }
        List<Entry> entries = coordinator.all(directory());
        held.seen(entries);
        failUnreadable(entries);
    }

    private String directory() {
        return StoreKeys.held(exchange.incarnation());
    }

    /** Claims were lost to another handle or to the leader: others may be left. */
    private void takeInstead(int most) {
        while (lostClaims > 0) {
            int lost = lostClaims;
            lostClaims = 0;
            List<Held> claims = claim(Math.min(most, lost));
            try {
                new Items(coordinator, this)
                        .commit(claims.stream().map(this::take).toList());
            } finally {
                held.unclaim(claims);
            }
        }
    }

    private Item take(Held untaken) {
        boolean frees = untaken.job()
                .job()
                .unique()
                .map(key -> key.until() == UniqueKey.Until.PROCESSING)
                .orElse(false);
        JobDocument running = untaken.job().running(frees);
        List<Compare> compares = new ArrayList<>(List.of(Compare.unchanged(untaken.key(), untaken.version())));
        List<Write> writes = new ArrayList<>(List.of(Write.put(untaken.key(), Documents.write(running))));
        if (frees) {
            KeyRecord.Freeing freeing = new KeyRecord.Freeing(coordinator).unique(untaken.job());
            compares.addAll(freeing.compares());
            writes.addAll(freeing.writes());
        }
        return new Item(compares, writes, committed -> took(untaken, running, committed), conflict -> {
            lookAgain(untaken.key());
            lostClaims++;
        });
    }

    /** It may be untaken all the same: what it counts was changed, or who owns its unique key. */
    private void lookAgain(Key key) {
        Optional<Held> now = coordinator.read(key).flatMap(HeldJobs::held);
        now.filter(found -> found.job().state() == JobState.ASSIGNED)
                .ifPresentOrElse(held::isUntaken, () -> held.left(key));
    }

    private void took(Held untaken, JobDocument running, Committed committed) {
        held.took(new Held(untaken.key(), running, committed.version(untaken.key()), untaken.fencingToken()));
        taken.add(running.attempt(untaken.fencingToken()));
    }

    @Override
    public List<Compare> compares() {
        return List.of(Compare.unchanged(life.entry()));
    }

    @Override
    public List<Write> writes(List<Item> items, int lane) {
        Set<String> queues = new TreeSet<>();
        for (Item item : items) {
            queues.addAll(changing.getOrDefault(item, Set.of()));
        }
        List<Write> writes = new ArrayList<>(Burials.marks(queues));
        writes.addAll(tallies.of(lane).including(items, completing));
        List<Write> ends = ends(items);
        writes.addAll(ends);
        writes.addAll(Items.marks(items));
        if (!ends.isEmpty() && Items.batches(items).isEmpty()) {
            writes.add(Write.put(StoreKeys.BATCH_MARK, new byte[0]));
        }
        return writes;
    }

    /** One entry for all that these end in one batch, under the name of the first. */
    private List<Write> ends(List<Item> items) {
        Map<String, BatchEnds> sums = new TreeMap<>();
        Map<String, JobDocument> firsts = new HashMap<>();
        for (Item item : items) {
            Ending one = ending.get(item);
            if (one != null) {
                sums.merge(one.batchId(), one.ends(), BatchEnds::and);
                firsts.putIfAbsent(one.batchId(), one.job());
            }
        }
        List<Write> writes = new ArrayList<>();
        firsts.forEach((batchId, first) -> writes.add(Write.put(
                StoreKeys.batchEnds(batchId, first, place),
                BatchRecord.Ends.of(Objects.requireNonNull(sums.get(batchId))).bytes())));
        return writes;
    }

    /** The batches that have something to count because of this. */
    Set<String> endedIn() {
        return endedIn;
    }

    @Override
    public boolean isOrdered() {
        return false;
    }

    @Override
    public void committed(List<Item> items, int lane) {
        tallies.of(lane).committed(items, completing);
    }

    @Override
    public void failed(Set<Key> keys) {
        life = incarnations
                .fresh(exchange.incarnation())
                .filter(found -> found.status() != Status.BURIED)
                .orElseThrow(() -> ClusterNodeDesk.over(exchange.incarnation()));
    }
}
