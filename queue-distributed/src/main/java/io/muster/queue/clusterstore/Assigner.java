package io.muster.queue.clusterstore;

import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Turns;
import io.muster.queue.clusterstore.HeldJobs.Held;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord.Status;
import io.muster.queue.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Fills pools with ready jobs: moves each document from its queue to the incarnation that gets it, in transactions that compare the fence
 * (if a leader assigns), the incarnation's record, and that the job still stands where it was seen. One call at a time, in turns.
 */
final class Assigner {
    private final Coordinator coordinator;
    private final Incarnations incarnations;
    private final Burials burials;
    private volatile ReadyHeads heads;
    private final Loads loads;
    private final HeldHere heldHere;
    private final Turns turns;

    Assigner(Coordinator coordinator, Incarnations incarnations, Burials burials, HeldHere heldHere) {
        this.coordinator = coordinator;
        this.incarnations = incarnations;
        this.burials = burials;
        this.heads = new ReadyHeads(coordinator);
        this.loads = new Loads(coordinator, heldHere);
        this.heldHere = heldHere;
        this.turns = new Turns(coordinator.timeline());
    }

    /** As {@code LeaderDesk.assign}; {@code guard} is the leader's, empty for a node that reserves for itself. */
    AssignReport assign(Board board, Optional<Compare> guard, List<Grant> grants, Instant now) {
        return coordinator.inTurn(turns, () -> {
            try {
                return fill(board, guard, grants, now);
            } catch (StoreException | GuardChangedException e) {
                heads.forget();
                loads.forget();
                heldHere.watchAgain();
                throw e;
            }
        });
    }

    /** Somebody assigns here until {@link #rest}. */
    void begin() {
        heldHere.isLed();
    }

    /** Whoever assigned here does so no more: keeps nothing of what is ready, and what nodes of this process are given comes from elsewhere. */
    void rest() {
        heads = new ReadyHeads(coordinator);
        heldHere.isLedNoMore();
    }

    /** These were just taken back from that incarnation, untaken. */
    void tookBack(String incarnation, List<Key> keys) {
        heldHere.tookBack(incarnation, keys);
    }

    /** How many ready jobs it keeps. */
    int known() {
        return heads.size();
    }

    private AssignReport fill(Board board, Optional<Compare> guard, List<Grant> grants, Instant now) {
        loads.begin(board, guard, grants);
        heads.forgetUnasked();
        if (loads.isAlone()) {
            grants.forEach(grant -> heldHere.isToldHere(grant.incarnation()));
        } else {
            heldHere.watchAgain();
        }
        Round round = new Round(board, guard, now);
        List<Integer> assigned = new ArrayList<>();
        for (Grant grant : grants) {
            assigned.add(round.fill(grant));
        }
        return new AssignReport(assigned, round.ready(grants));
    }

    /** What one call knows. */
    private final class Round {
        private final Board board;
        private final Optional<Compare> guard;
        private final Instant now;
        private Optional<Map<Key, Entry>> overlaps = Optional.empty();

        Round(Board board, Optional<Compare> guard, Instant now) {
            this.board = board;
            this.guard = guard;
            this.now = now;
        }

        int fill(Grant grant) {
            boolean nothingReady = open(grant).stream()
                    .allMatch(queue -> heads.head(queue, board).entries().isEmpty());
            if (nothingReady) {
                return 0;
            }
            // As it was seen last: each transaction compares that, and one that fails by it looks anew.
            Optional<Incarnations.Life> life = incarnations.recent(grant.incarnation());
            if (life.isEmpty() || life.get().status() != Status.ADMITTED) {
                return 0;
            }
            Loads.Load load = loads.of(grant.incarnation());
            int total = 0;
            for (String queue : open(grant)) {
                total += fill(grant, queue, load, life.get());
            }
            return total;
        }

        private int fill(Grant grant, String queue, Loads.Load load, Incarnations.Life life) {
            ReadyHeads.Head head = heads.head(queue, board);
            int total = 0;
            int from = 0;
            while (load.hasRoom(grant)) {
                int room = grant.limit() - load.of(grant.pool());
                Picked picked = pick(grant, head, from, room, load);
                try {
                    total += commit(picked.chosen, head, load, grant, new LifeFrame(life, queue));
                } catch (NobodyThereException e) {
                    heads.forget();
                    loads.forget();
                    break;
                }
                from = picked.next;
                boolean exhausted = from >= head.entries().size();
                if (exhausted && !heads.lengthen(queue, head)) {
                    break;
                }
            }
            return total;
        }

        private Picked pick(Grant grant, ReadyHeads.Head head, int from, int room, Loads.Load load) {
            Picked picked = new Picked();
            Set<String> overlapsPicked = new HashSet<>();
            boolean suspectPicked = false;
            int i = from;
            for (; i < head.entries().size() && picked.chosen.size() < room; i++) {
                Entry entry = head.entries().get(i);
                JobDocument job;
                try {
                    job = Documents.read(entry.value());
                } catch (Documents.UnreadableException e) {
                    burials.keepUnreadable(entry, guard, grant, now, String.valueOf(e.getMessage()));
                    head.entries().remove(i--);
                    continue;
                }
                boolean overlapping = job.job()
                        .overlap()
                        .map(key -> !overlapsPicked.add(key.key()) || isHeld(key.key()))
                        .orElse(false);
                boolean secondSuspect = job.counters().isSuspect() && (suspectPicked || load.hasSuspect());
                if (!grant.serves(job.job().type()) || overlapping || secondSuspect) {
                    continue;
                }
                suspectPicked |= job.counters().isSuspect();
                picked.chosen.add(new Candidate(entry, job));
            }
            picked.next = i - picked.chosen.size();
            return picked;
        }

        private int commit(
                List<Candidate> chosen, ReadyHeads.Head head, Loads.Load load, Grant grant, LifeFrame frame) {
            if (chosen.isEmpty()) {
                return 0;
            }
            List<Held> done = new ArrayList<>();
            List<Item> items = new ArrayList<>();
            for (Candidate candidate : chosen) {
                JobDocument assigned = candidate.job.assigned(grant.incarnation(), grant.pool(), nonce());
                items.add(item(candidate, assigned, committed -> {
                    Key key = StoreKeys.held(assigned);
                    done.add(new Held(key, assigned, committed.version(key), committed.revision()));
                    load.add(grant.pool(), assigned.counters().isSuspect());
                }));
                head.entries().remove(candidate.entry);
            }
            try {
                new Items(coordinator, frame).commit(items);
            } finally {
                heldHere.assigned(grant.incarnation(), done);
            }
            return done.size();
        }

        private Item item(Candidate candidate, JobDocument assigned, Consumer<Committed> counted) {
            List<Compare> compares = new ArrayList<>();
            List<Write> writes = new ArrayList<>();
            compares.add(Compare.unchanged(candidate.entry));
            writes.add(Write.delete(candidate.entry.key()));
            writes.add(Write.put(StoreKeys.held(assigned), Documents.write(assigned)));
            assigned.job().overlap().ifPresent(key -> {
                Key record = StoreKeys.overlap(key.key());
                Entry over = overlaps().get(record);
                compares.add(over == null ? Compare.absent(record) : Compare.unchanged(over));
                writes.add(Write.put(
                        record,
                        KeyRecord.overlap(assigned, key.expireAfter(), now).bytes()));
            });
            return new Item(
                    compares,
                    writes,
                    committed -> {
                        counted.accept(committed);
                        assigned.job().overlap().ifPresent(key -> overlaps = Optional.empty());
                    },
                    conflict -> {
                        assigned.job().overlap().ifPresent(key -> overlaps = Optional.empty());
                        if (!conflict.contains(candidate.entry.key())) {
                            heads.forget(assigned.job().queue()); // It is ready still: another got the key.
                        }
                    });
        }

        private boolean isHeld(String overlapKey) {
            Entry record = overlaps().get(StoreKeys.overlap(overlapKey));
            return record != null && !KeyRecord.of(record).isOver(now);
        }

        private Map<Key, Entry> overlaps() {
            if (overlaps.isEmpty()) {
                Map<Key, Entry> all = new HashMap<>();
                coordinator.all(StoreKeys.OVERLAP).forEach(entry -> all.put(entry.key(), entry));
                overlaps = Optional.of(all);
            }
            return overlaps.get();
        }

        private List<String> open(Grant grant) {
            return new LinkedHashSet<>(grant.queues())
                    .stream()
                            .filter(queue -> board.queues().contains(queue) && !board.isPaused(queue))
                            .toList();
        }

        Map<String, Integer> ready(List<Grant> grants) {
            Map<String, Integer> ready = new HashMap<>();
            for (Grant grant : grants) {
                for (String queue : grant.queues()) {
                    boolean counts = board.queues().contains(queue) && !board.isPaused(queue);
                    ready.put(queue, counts ? heads.head(queue, board).atLeast() : 0);
                }
            }
            return ready;
        }

        /**
         * Compares in each transaction the incarnation's record and the leader's guard, which a pause of the queue changes; without a leader, that
         * the queue is not paused.
         */
        private final class LifeFrame implements Items.Frame {
            private final Compare decided;
            private Incarnations.Life life;

            LifeFrame(Incarnations.Life life, String queue) {
                this.life = life;
                this.decided = guard.orElseGet(() -> Compare.absent(StoreKeys.pauseMark(queue)));
            }

            @Override
            public List<Compare> compares() {
                return List.of(decided, Compare.unchanged(life.entry()));
            }

            @Override
            public List<Write> writes(List<Item> items, int lane) {
                return List.of();
            }

            @Override
            public void failed(Set<Key> keys) {
                if (keys.contains(decided.key())) {
                    throw new GuardChangedException();
                }
                life = incarnations
                        .fresh(life.incarnation())
                        .filter(now -> now.status() == Status.ADMITTED)
                        .orElseThrow(() -> new NobodyThereException(life.incarnation()));
            }
        }
    }

    private record Candidate(Entry entry, JobDocument job) {}

    private static final class Picked {
        final List<Candidate> chosen = new ArrayList<>();
        int next;
    }

    private String nonce() {
        byte[] nonce = new byte[8];
        coordinator.timeline().random().nextBytes(nonce);
        return HexFormat.of().formatHex(nonce);
    }

    /** The fence record changed under a leader's write, or a queue was paused under that of a node; whoever catches it looks anew. */
    static final class GuardChangedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The incarnation is buried or leaves: nothing can be assigned to it. */
    static final class NobodyThereException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NobodyThereException(String incarnation) {
            super(incarnation);
        }
    }
}
