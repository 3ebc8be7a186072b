package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Turns;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.JobState;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The leader's chores. Costs nothing for a queue whose mark has not changed and whose next due moment lies ahead; of what is
 * remembered it looks when something can be over. One call at a time, in turns.
 */
final class Tending {
    private static final ForeignNames FOREIGN = new ForeignNames();
    /** Ids of jobs that completed are remembered this long at most: a coordinator is no place for millions of them. */
    static final Duration LONGEST_MEMORY = Duration.ofMinutes(1);

    private static final Duration KEEP_BURIED = Duration.ofDays(7);
    private static final Duration SWEEP = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Coordinator coordinator;
    private final Incarnations incarnations;
    private final Burials burials;
    private final Turns turns;
    private final Map<String, Due> dues = new HashMap<>();
    private Optional<Retention> lastRetention = Optional.empty();
    private final EndedJobs ended;
    private Instant sweptAt = Instant.MIN;

    /** When a queue's first delayed job is due, as of a version of its mark. */
    private record Due(Optional<Version> mark, Optional<Instant> next, int promoted) {
        boolean isQuiet(Optional<Version> markNow, Instant now) {
            return mark.equals(markNow)
                    && next.map(moment -> moment.isAfter(now)).orElse(true);
        }
    }

    Tending(Coordinator coordinator, Incarnations incarnations, Burials burials) {
        this.coordinator = coordinator;
        this.incarnations = incarnations;
        this.burials = burials;
        this.turns = new Turns(coordinator.timeline());
        this.ended = new EndedJobs(coordinator);
    }

    /** {@code seen} is what the board says of the outbox. */
    TendReport tend(Board board, Compare guard, Retention retention, Instant now, int limit, TendReport.Outbox seen) {
        return coordinator.inTurn(turns, () -> doTend(board, guard, retention, now, limit, seen));
    }

    private TendReport doTend(
            Board board, Compare guard, Retention retention, Instant now, int limit, TendReport.Outbox seen) {
        int promoted = 0;
        Optional<Instant> next = Optional.empty();
        for (String queue : board.queues()) {
            Due due = due(board, guard, queue, now, limit - promoted);
            dues.put(queue, due);
            promoted += due.promoted;
            next = earlier(next, due.next);
        }
        if (!lastRetention.equals(Optional.of(retention))) {
            lastRetention = Optional.of(retention);
            ended.lookFromTheFirst();
            sweptAt = Instant.MIN;
        }
        int forgotten = forgetEnded(guard, retention, now, limit);
        if (!now.isBefore(sweptAt)) {
            forgotten += forgetFailed(board, guard, retention, now, limit - forgotten);
            forgetKeys(guard, now);
            forgetBuried(guard, now);
            Duration pause = retention.failed().compareTo(SWEEP) < 0 ? SOON : SWEEP;
            sweptAt = forgotten == limit ? now : now.plus(pause);
        }
        return new TendReport(promoted, forgotten, next, seen);
    }

    /** Promotes what is due in these queues, for a node without a leader; answers how many. */
    int promote(Board board, List<String> queues, Instant now, int limit) {
        return coordinator.inTurn(turns, () -> queues.stream()
                .filter(board.queues()::contains)
                .mapToInt(queue -> promote(board, Optional.empty(), queue, now, limit).promoted)
                .sum());
    }

    private Due due(Board board, Compare guard, String queue, Instant now, int limit) {
        Due known = dues.get(queue);
        if (known != null && known.isQuiet(board.mark(queue), now)) {
            return new Due(known.mark, known.next, 0);
        }
        return promote(board, Optional.of(guard), queue, now, limit);
    }

    private Due promote(Board board, Optional<Compare> guard, String queue, Instant now, int limit) {
        Listing page =
                coordinator.page(ListRequest.first(StoreKeys.delayed(queue), Math.max(1, Math.min(limit + 1, 1000))));
        int[] done = new int[1];
        List<Item> items = new ArrayList<>();
        Optional<Instant> next = Optional.empty();
        for (Entry entry : page.entries()) {
            Instant due = StoreKeys.momentOf(entry.key());
            if (due.isAfter(now) || items.size() >= limit) {
                next = Optional.of(due);
                break;
            }
            promotion(entry, now, () -> done[0]++).ifPresent(items::add);
        }
        new Items(coordinator, Burials.frame(guard, items.isEmpty() ? Set.of() : Set.of(queue))).commit(items);
        return new Due(items.isEmpty() ? board.mark(queue) : Optional.empty(), next, done[0]);
    }

    private Optional<Item> promotion(Entry entry, Instant now, Runnable done) {
        try {
            JobDocument ready = Documents.read(entry.value()).at(Places.at(now));
            JobDocument changed = ready.with(JobState.READY, ready.counters());
            return Optional.of(new Item(
                    List.of(Compare.unchanged(entry)),
                    List.of(Write.delete(entry.key()), Write.put(StoreKeys.ready(changed), Documents.write(changed))),
                    committed -> done.run(),
                    conflict -> {}));
        } catch (Documents.UnreadableException e) {
            return Optional.of(burials.unreadableWaiting(entry, now, String.valueOf(e.getMessage()), done));
        }
    }

    private int forgetEnded(Compare guard, Retention retention, Instant now, int limit) {
        Duration keep = shorter(retention.completed(), LONGEST_MEMORY);
        List<Entry> over = ended.over(guard, now, keep, limit);
        int[] done = new int[1];
        new Items(coordinator, Burials.frame(Optional.of(guard), Set.of()))
                .commit(over.stream().map(entry -> forgetting(entry, done)).toList());
        ended.forgot(over);
        return done[0];
    }

    private int forgetFailed(Board board, Compare guard, Retention retention, Instant now, int limit) {
        int[] done = new int[1];
        List<Item> items = new ArrayList<>();
        for (String queue : board.queues()) {
            for (Entry entry : coordinator
                    .page(ListRequest.first(StoreKeys.failed(queue), 1000).namesOnly())
                    .entries()) {
                if (items.size() < limit
                        && !StoreKeys.momentOf(entry.key())
                                .plus(retention.failed())
                                .isAfter(now)) {
                    items.add(forgetting(entry, done));
                }
            }
        }
        new Items(coordinator, Burials.frame(Optional.of(guard), Set.of())).commit(items);
        return done[0];
    }

    private static Item forgetting(Entry entry, int[] done) {
        return forgetting(entry, () -> done[0]++);
    }

    /** Removes a settled job without a trace. */
    static Item forgetting(Entry entry, Runnable done) {
        Write id = Write.delete(StoreKeys.id(StoreKeys.jobIdOf(entry.key())));
        return new Item(
                List.of(Compare.present(entry.key())),
                List.of(Write.delete(entry.key()), id),
                committed -> done.run(),
                gone -> {});
    }

    private void forgetKeys(Compare guard, Instant now) {
        List<Entry> over = new ArrayList<>();
        over.addAll(coordinator.all(StoreKeys.UNIQUE));
        over.addAll(coordinator.all(StoreKeys.OVERLAP));
        delete(
                guard,
                over.stream().filter(entry -> KeyRecord.of(entry).isOver(now)).toList());
        delete(
                guard,
                coordinator.all(StoreKeys.LIMITS).stream()
                        .filter(entry -> ClusterLimitDesk.isOver(entry, now))
                        .toList());
    }

    private void forgetBuried(Compare guard, Instant now) {
        delete(
                guard,
                incarnations.all().stream()
                        .filter(life -> life.status() == Status.BURIED)
                        .filter(life -> life.admittedAt().plus(KEEP_BURIED).isBefore(now))
                        .filter(life -> coordinator
                                .names(StoreKeys.held(life.incarnation()))
                                .isEmpty())
                        .map(Incarnations.Life::entry)
                        .toList());
    }

    private void delete(Compare guard, List<Entry> over) {
        List<Item> items = over.stream()
                .map(entry -> new Item(
                        List.of(Compare.unchanged(entry)),
                        List.of(Write.delete(entry.key())),
                        done -> {},
                        changed -> {}))
                .toList();
        new Items(coordinator, Burials.frame(Optional.of(guard), Set.of())).commit(items);
    }

    int failUnserved(Board board, Compare guard, Set<String> served, Duration longest, Instant now) {
        int[] failed = new int[1];
        for (String queue : board.queues()) {
            if (board.isPaused(queue)) {
                continue;
            }
            List<Item> items = new ArrayList<>();
            for (Entry entry : coordinator.all(StoreKeys.ready(queue))) {
                JobDocument job;
                try {
                    job = Documents.read(entry.value());
                } catch (Documents.UnreadableException e) {
                    continue;
                }
                boolean waitsTooLong = Places.instant(job.place()).plus(longest).isBefore(now);
                if (waitsTooLong && !served.contains(job.job().type())) {
                    items.add(burials.fail(entry, job, job.counters(), StoredJob.UNSERVED, "", now, () -> failed[0]++));
                }
            }
            new Items(coordinator, Burials.frame(Optional.of(guard), Set.of(queue))).commit(items);
            burials.count(items);
        }
        return failed[0];
    }

    static List<OutboxEntry> oldestFirst(List<Entry> entries, int limit) {
        return placed(entries).stream().limit(limit).map(Placed::entry).toList();
    }

    /** A page of them. */
    static OutboxPage page(List<Entry> entries, Optional<String> from, int limit) {
        List<Placed> page = placed(entries).stream()
                .filter(placed -> from.map(after -> placed.position().compareTo(after) > 0)
                        .orElse(true))
                .limit(limit + 1L)
                .toList();
        List<Placed> shown = page.subList(0, Math.min(limit, page.size()));
        Optional<String> next = page.size() > shown.size() && !shown.isEmpty()
                ? Optional.of(shown.get(shown.size() - 1).position())
                : Optional.empty();
        return new OutboxPage(shown.stream().map(Placed::entry).toList(), next);
    }

    /** Places of different processes may be the same: then ids decide. */
    private record Placed(String place, OutboxEntry entry) {
        String position() {
            return place + entry.id();
        }
    }

    private static List<Placed> placed(List<Entry> entries) {
        List<Placed> placed = new ArrayList<>();
        for (Entry entry : entries) {
            try {
                placed.add(new Placed(Documents.outboxPlace(entry.value()), Documents.readOutbox(entry.value())));
            } catch (Documents.UnreadableException e) {
                FOREIGN.skipped(StoreKeys.OUTBOX, entry.key().name(), String.valueOf(e.getMessage()));
            }
        }
        placed.sort(Comparator.comparing(Placed::position));
        return placed;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Optional<Instant> earlier(Optional<Instant> a, Optional<Instant> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.or(() -> b);
        }
        return a.get().isBefore(b.get()) ? a : b;
    }
}
