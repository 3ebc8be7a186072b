package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.store.JobStore.LimitDesk;
import io.muster.queue.store.LimitCall;
import io.muster.queue.store.LimitReply;
import io.muster.queue.store.LimitWindow;
import java.time.Instant;
import java.util.Optional;

/** A record per limit, changed by compare and set; judged by the caller's clock, since coordinators have none. */
final class ClusterLimitDesk implements LimitDesk {
    private final Coordinator coordinator;

    ClusterLimitDesk(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public LimitReply ask(LimitCall call) {
        Key key = StoreKeys.limit(call.key());
        while (true) {
            Optional<Entry> entry = coordinator.read(key);
            long now = coordinator.timeline().clock().instant().toEpochMilli();
            LimitWindow.Step step =
                    entry.map(ClusterLimitDesk::window).orElse(LimitWindow.NONE).apply(call, now);
            boolean keeps = call.action() == LimitCall.Action.LOOK
                    || (call.action() == LimitCall.Action.CLEAR && entry.isEmpty());
            if (keeps || changed(call, key, entry, step.after())) {
                return step.reply();
            }
        }
    }

    /** Whether the limit is of no use any more. */
    static boolean isOver(Entry entry, Instant now) {
        return Documents.json(entry.value()).path("ends").asLong() <= now.toEpochMilli();
    }

    private boolean changed(LimitCall call, Key key, Optional<Entry> entry, LimitWindow after) {
        Write write = call.action() == LimitCall.Action.CLEAR ? Write.delete(key) : Write.put(key, bytes(call, after));
        return coordinator.commit(Transaction.builder()
                        .require(entry.map(Compare::unchanged).orElse(Compare.absent(key)))
                        .write(write)
                        .build())
                instanceof CommitResult.Committed;
    }

    private static LimitWindow window(Entry entry) {
        JsonNode node = Documents.json(entry.value());
        return new LimitWindow(
                node.path("start").asLong(),
                node.path("used").asLong(),
                node.path("ahead").asLong());
    }

    private static byte[] bytes(LimitCall call, LimitWindow window) {
        ObjectNode node = Documents.JSON.createObjectNode();
        node.put("start", window.start()).put("used", window.used()).put("ahead", window.ahead());
        node.put("ends", window.endsAt(call));
        return Documents.json(node);
    }
}
