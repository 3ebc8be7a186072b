package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.CommitResult.Conflict;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Commits many independent changes in as few transactions as the coordinator's limits allow. A change whose own compare fails is told so and
 * taken out; the others go on. What all share, such as the fence, is compared in every transaction.
 */
final class Items {
    private static final int MOST_ITEMS = 200;
    /** Transactions under way at once: what saturates a coordinator; more would only wait there. */
    static final int LANES = 4;

    private final Coordinator coordinator;
    private final Frame frame;

    /** What every transaction carries beside its items. */
    interface Frame {
        /** Compared in every transaction; asked anew for each. */
        List<Compare> compares();

        /**
         * Writes on behalf of the items of one transaction; none may be one of the items' own. Asked several times.
         *
         * @param lane from 0, of no other transaction that is under way at the same time for this frame
         */
        List<Write> writes(List<Item> items, int lane);

        /** Whether items have to be committed in their order; else several transactions may be under way at once. */
        default boolean isOrdered() {
            return true;
        }

        /** The transaction that these items went with is committed. */
        default void committed(List<Item> items, int lane) {}

        /** One of the frame's own compares failed: throws, or has mended the frame so that it is worth another try. */
        void failed(Set<Key> keys);
    }

    /** One change; two of them are equal only if they are the same. */
    static final class Item {
        private final List<Compare> compares;
        private final List<Write> writes;
        private final Consumer<Committed> committed;
        private final Consumer<Set<Key>> conflicted;
        private final Size size;

        private record Size(int operations, long bytes) {}

        Item(List<Compare> compares, List<Write> writes, Consumer<Committed> committed, Consumer<Set<Key>> conflicted) {
            this.compares = List.copyOf(compares);
            this.writes = List.copyOf(writes);
            this.committed = committed;
            this.conflicted = conflicted;
            Transaction alone = new Transaction(this.compares, this.writes);
            this.size = new Size(alone.operations(), alone.bytes());
        }

        boolean writesTo(String directory) {
            return writes.stream().anyMatch(write -> write.key().directory().equals(directory));
        }

        private Set<Key> keys() {
            Set<Key> keys = new HashSet<>();
            compares.forEach(compare -> keys.add(compare.key()));
            writes.forEach(write -> keys.add(write.key()));
            return keys;
        }

        private boolean compares(Set<Key> keys) {
            return compares.stream().anyMatch(compare -> keys.contains(compare.key()));
        }
    }

    Items(Coordinator coordinator, Frame frame) {
        this.coordinator = coordinator;
        this.frame = frame;
    }

    /**
     * Returns when every item is either committed or conflicted. Where the order is free, transactions are sent several at once, so that one
     * waits in the coordinator while the next is written; what becomes of them is told on the caller's thread and in the order of items.
     *
     * @throws StoreException one of them went wrong; all others that were under way have been told of
     */
    void commit(List<Item> items) {
        List<Item> left = new ArrayList<>(items);
        while (!left.isEmpty()) {
            List<Flight> flights = takeOff(left);
            List<CompletableFuture<CommitResult>> outcomes = coordinator.commitTogether(
                    flights.stream().map(Flight::transaction).toList());
            left = new ArrayList<>(left.subList(
                    flights.stream().mapToInt(flight -> flight.chunk.size()).sum(), left.size()));
            left.addAll(0, land(flights, outcomes));
        }
    }

    /** The batches in which these say that a member has ended. */
    static Set<String> batches(List<Item> items) {
        Set<String> batches = new HashSet<>();
        for (Item item : items) {
            for (Write write : item.writes) {
                if (write.key().directory().equals(StoreKeys.BATCH_ENDS)) {
                    batches.add(StoreKeys.batchOfEnds(write.key()));
                }
            }
        }
        return batches;
    }

    /** The marks that tell the leader of what these leave to it. */
    static List<Write> marks(List<Item> items) {
        List<Write> marks = new ArrayList<>();
        if (items.stream().anyMatch(item -> item.writesTo(StoreKeys.OUTBOX))) {
            marks.add(Write.put(StoreKeys.OUTBOX_MARK, new byte[0]));
        }
        if (items.stream().anyMatch(item -> item.writesTo(StoreKeys.BATCH_ENDS))) {
            marks.add(Write.put(StoreKeys.BATCH_MARK, new byte[0]));
        }
        return marks;
    }

    private record Flight(List<Item> chunk, int lane, Transaction transaction) {}

    /** An item that touches a key of a transaction that is under way waits for it: of two such items the first is to win. */
    private List<Flight> takeOff(List<Item> left) {
        List<Flight> flights = new ArrayList<>();
        Set<Key> touched = new HashSet<>();
        int from = 0;
        for (int lane = 0; lane < (frame.isOrdered() ? 1 : LANES) && from < left.size(); lane++) {
            int apart = apart(left.subList(from, left.size()), touched);
            if (apart == 0 && lane > 0) {
                break;
            }
            List<Item> chunk = chunk(left.subList(from, from + Math.max(1, apart)));
            flights.add(new Flight(chunk, lane, transaction(chunk, lane)));
            chunk.forEach(item -> touched.addAll(item.keys()));
            from += chunk.size();
        }
        return flights;
    }

    /** Tells all that are known to be committed before anything can be thrown; answers what has to be sent again. */
    private List<Item> land(List<Flight> flights, List<CompletableFuture<CommitResult>> outcomes) {
        Optional<RuntimeException> failure = Optional.empty();
        Map<Flight, Conflict> conflicts = new LinkedHashMap<>();
        for (int i = 0; i < flights.size(); i++) {
            Flight flight = flights.get(i);
            try {
                CommitResult result = outcomes.get(i).join();
                if (result instanceof Committed committed) {
                    frame.committed(flight.chunk, flight.lane);
                    flight.chunk.forEach(item -> item.committed.accept(committed));
                } else if (result instanceof Conflict conflict) {
                    conflicts.put(flight, conflict);
                }
            } catch (CompletionException e) {
                failure = failure.or(() -> Optional.of(
                        e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e)));
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        List<Item> again = new ArrayList<>();
        conflicts.forEach((flight, conflict) -> again.addAll(takeOut(flight.chunk, conflict.keys())));
        return again;
    }

    private List<Item> takeOut(List<Item> chunk, Set<Key> keys) {
        boolean framed = frame.compares().stream().anyMatch(compare -> keys.contains(compare.key()));
        if (framed) {
            frame.failed(keys);
            return chunk;
        }
        List<Item> conflicted =
                chunk.stream().filter(item -> item.compares(keys)).toList();
        if (conflicted.isEmpty()) {
            throw new StoreUnavailableException(
                    "The coordinator reports a conflict on keys that were not compared: " + keys);
        }
        conflicted.forEach(item -> item.conflicted.accept(keys));
        List<Item> others = new ArrayList<>(chunk);
        others.removeAll(conflicted);
        return others;
    }

    /** As many from the front as fit into one transaction; one in any case. */
    private List<Item> chunk(List<Item> left) {
        int most = most(left, List.of());
        int fits = 1;
        int tooMany = most(left, frame.writes(left.subList(0, most), 0)) + 1;
        for (int tried = tooMany - 1; fits + 1 < tooMany; tried = (fits + tooMany) / 2) {
            if (isWithinLimits(transaction(left.subList(0, tried), 0))) {
                fits = tried;
            } else {
                tooMany = tried;
            }
        }
        return List.copyOf(left.subList(0, fits));
    }

    /** How many from the front are no larger than a transaction that writes this too; one in any case. */
    private int most(List<Item> left, List<Write> framed) {
        Capabilities most = coordinator.capabilities();
        Transaction others = new Transaction(frame.compares(), framed);
        int operations = others.operations();
        long bytes = others.bytes();
        for (int i = 0; i < left.size(); i++) {
            operations += left.get(i).size.operations();
            bytes += left.get(i).size.bytes();
            if (operations > most.mostOperations() || bytes > most.mostTransactionBytes()) {
                return Math.max(1, i);
            }
        }
        return left.size();
    }

    /** How many from the front write to keys of their own and touch none of {@code touched}. */
    private static int apart(List<Item> left, Set<Key> touched) {
        Set<Key> written = new HashSet<>();
        int most = Math.min(left.size(), MOST_ITEMS);
        for (int i = 0; i < most; i++) {
            Item item = left.get(i);
            boolean own = item.writes.stream().allMatch(write -> written.add(write.key()));
            if (!own || item.keys().stream().anyMatch(touched::contains)) {
                return i;
            }
        }
        return most;
    }

    private boolean isWithinLimits(Transaction transaction) {
        Capabilities most = coordinator.capabilities();
        return transaction.operations() <= most.mostOperations() && transaction.bytes() <= most.mostTransactionBytes();
    }

    private Transaction transaction(List<Item> chunk, int lane) {
        Map<Key, Compare> compares = new LinkedHashMap<>();
        frame.compares().forEach(compare -> compares.put(compare.key(), compare));
        List<Write> writes = new ArrayList<>(frame.writes(chunk, lane));
        for (Item item : chunk) {
            item.compares.forEach(compare -> compares.put(compare.key(), compare));
            writes.addAll(item.writes);
        }
        return new Transaction(List.copyOf(compares.values()), writes);
    }
}
