package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.CommitResult.Conflict;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Commits many independent changes in as few transactions as the coordinator's limits allow. A change whose own compare fails is told so and
 * taken out; the others go on. What all share, such as the fence, is compared in every transaction.
 */
final class Items {
    private static final int MOST_ITEMS = 200;

    private final Coordinator coordinator;
    private final Frame frame;

    /** What every transaction carries beside its items. */
    interface Frame {
        /** Compared in every transaction; asked anew for each. */
        List<Compare> compares();

        /** Writes on behalf of the items of one transaction; none may be one of the items' own. */
        List<Write> writes(List<Item> items);

        /** One of the frame's own compares failed: throws, or has mended the frame so that it is worth another try. */
        void failed(Set<Key> keys);
    }

    /** One change; two of them are equal only if they are the same. */
    static final class Item {
        private final List<Compare> compares;
        private final List<Write> writes;
        private final Consumer<Committed> committed;
        private final Consumer<Set<Key>> conflicted;

        Item(List<Compare> compares, List<Write> writes, Consumer<Committed> committed, Consumer<Set<Key>> conflicted) {
            this.compares = List.copyOf(compares);
            this.writes = List.copyOf(writes);
            this.committed = committed;
            this.conflicted = conflicted;
        }

        /** Whether it leaves something for the leader to relay. */
        boolean writesOutbox() {
            return writes.stream().anyMatch(write -> write.key().directory().equals(StoreKeys.OUTBOX));
        }

        private boolean compares(Set<Key> keys) {
            return compares.stream().anyMatch(compare -> keys.contains(compare.key()));
        }
    }

    Items(Coordinator coordinator, Frame frame) {
        this.coordinator = coordinator;
        this.frame = frame;
    }

    /** Returns when every item is either committed or conflicted. */
    void commit(List<Item> items) {
        List<Item> left = new ArrayList<>(items);
        while (!left.isEmpty()) {
            List<Item> chunk = chunk(left);
            CommitResult result = coordinator.commit(transaction(chunk));
            if (result instanceof Committed committed) {
                left.removeAll(chunk);
                chunk.forEach(item -> item.committed.accept(committed));
            } else if (result instanceof Conflict conflict) {
                takeOut(left, chunk, conflict.keys());
            }
        }
    }

    private void takeOut(List<Item> left, List<Item> chunk, Set<Key> keys) {
        boolean framed = frame.compares().stream().anyMatch(compare -> keys.contains(compare.key()));
        if (framed) {
            frame.failed(keys);
            return;
        }
        List<Item> conflicted =
                chunk.stream().filter(item -> item.compares(keys)).toList();
        if (conflicted.isEmpty()) {
            throw new StoreUnavailableException(
                    "The coordinator reports a conflict on keys that were not compared: " + keys);
        }
        left.removeAll(conflicted);
        conflicted.forEach(item -> item.conflicted.accept(keys));
    }

    private List<Item> chunk(List<Item> left) {
        Capabilities most = coordinator.capabilities();
        List<Item> chunk = new ArrayList<>();
        Set<Key> written = new HashSet<>();
        for (Item item : left) {
            boolean collides = item.writes.stream().anyMatch(write -> written.contains(write.key()));
            if (collides || chunk.size() == MOST_ITEMS) {
                break;
            }
            chunk.add(item);
            Transaction grown = transaction(chunk);
            boolean tooMuch = grown.operations() > most.mostOperations() || grown.bytes() > most.mostTransactionBytes();
            if (tooMuch && chunk.size() > 1) {
                chunk.remove(chunk.size() - 1);
                break;
            }
            item.writes.forEach(write -> written.add(write.key()));
        }
        return chunk;
    }

    private Transaction transaction(List<Item> chunk) {
        Map<Key, Compare> compares = new LinkedHashMap<>();
        frame.compares().forEach(compare -> compares.put(compare.key(), compare));
        List<Write> writes = new ArrayList<>(frame.writes(chunk));
        for (Item item : chunk) {
            item.compares.forEach(compare -> compares.put(compare.key(), compare));
            writes.addAll(item.writes);
        }
        return new Transaction(List.copyOf(compares.values()), writes);
    }
}
