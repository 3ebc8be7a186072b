package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.Fence;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.StaleFenceException;
import java.util.Optional;

/**
 * The fence record of each group: generation, identity, and the highest term of every identity it ever belonged to. Leader writes
 * compare it unchanged; whoever brings a higher term raises it first.
 */
final class Fences {
    private final Coordinator coordinator;

    Fences(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /**
     * The compare that a write of this leader carries, by a board that shows its fence.
     *
     * @throws Assigner.GuardChangedException the board shows another: what else stands on it may be older than what was decided since, as that
     *     a queue is paused
     */
    Compare guard(Board board, Fence fence) {
        Entry seen = board.entry(StoreKeys.fence(fence.group())).orElseThrow(Assigner.GuardChangedException::new);
        if (!isOf(fence, Documents.json(seen.value()))) {
            throw new Assigner.GuardChangedException();
        }
        return Compare.unchanged(seen);
    }

    /** As it stands there now; installs the fence if an older one does. */
    Compare guard(Fence fence) {
        Key key = StoreKeys.fence(fence.group());
        while (true) {
            Optional<Entry> current = coordinator.read(key);
            JsonNode record =
                    current.map(entry -> Documents.json(entry.value())).orElse(Documents.JSON.createObjectNode());
            if (current.isPresent()) {
                check(record, fence);
                if (isOf(fence, record)) {
                    return Compare.unchanged(current.get());
                }
            }
            Transaction raise = Transaction.builder()
                    .require(current.map(Compare::unchanged).orElse(Compare.absent(key)))
                    .write(Write.put(key, raised(record, fence)))
                    .build();
            if (coordinator.commit(raise) instanceof CommitResult.Committed done) {
                return Compare.unchanged(key, done.version(key));
            }
        }
    }

    private static boolean isOf(Fence fence, JsonNode record) {
        return record.path("identity").asText().equals(fence.identity())
                && record.path("terms").path(fence.identity()).asLong() == fence.term();
    }

    void adopt(String group, String identity) {
        Key key = StoreKeys.fence(group);
        while (true) {
            Optional<Entry> current = coordinator.read(key);
            ObjectNode record =
                    current.map(entry -> Documents.json(entry.value())).orElseGet(Documents.JSON::createObjectNode);
            if (record.path("identity").asText().equals(identity)) {
                return;
            }
            record.put("identity", identity)
                    .put("generation", record.path("generation").asLong() + 1);
            Transaction change = Transaction.builder()
                    .require(current.map(Compare::unchanged).orElse(Compare.absent(key)))
                    .write(Write.put(key, Documents.json(record)))
                    .build();
            if (coordinator.commit(change) instanceof CommitResult.Committed) {
                return;
            }
        }
    }

    private static void check(JsonNode record, Fence fence) {
        String identity = record.path("identity").asText();
        if (!identity.equals(fence.identity())) {
            throw ForeignFenceException.of(fence, identity);
        }
        long highest = record.path("terms").path(identity).asLong();
        if (highest > fence.term()) {
            throw new StaleFenceException("Term " + fence.term() + " of group \"" + fence.group() + "\" is over: term "
                    + highest + " has written");
        }
    }

    private static byte[] raised(JsonNode record, Fence fence) {
        ObjectNode next = record.deepCopy();
        next.put("identity", fence.identity());
        next.withObject("/terms").put(fence.identity(), fence.term());
        return Documents.json(next);
    }
}
