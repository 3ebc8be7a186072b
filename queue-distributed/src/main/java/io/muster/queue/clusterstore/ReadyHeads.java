package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The heads of the ready queues as this process knows them, so that assigning again and again does not list again and again. Valid while
 * the queue's mark on the board is unchanged. Owned by whoever assigns; not thread-safe.
 */
final class ReadyHeads {
    private static final int PAGE = 500;

    private final Coordinator coordinator;
    private final Map<String, Head> heads = new HashMap<>();

    /** Ready jobs of one queue in their order, as far as they were listed. */
    static final class Head {
        final List<Entry> entries = new ArrayList<>();
        private final Optional<Version> mark;
        private Optional<String> last = Optional.empty();
        private boolean more = true;

        private Head(Optional<Version> mark) {
            this.mark = mark;
        }

        /** A lower bound of how many are ready. */
        int atLeast() {
            return entries.size() + (more ? 1 : 0);
        }
    }

    ReadyHeads(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** The head of a queue, listed anew if the queue has changed. */
    Head head(String queue, Board board) {
        Optional<Version> mark = board.mark(queue);
        Head head = heads.get(queue);
        if (head == null || !head.mark.equals(mark) || (head.entries.isEmpty() && head.more)) {
            head = new Head(mark);
            heads.put(queue, head);
            lengthen(queue, head);
        }
        return head;
    }

    /** Lists one page further; whether it found more. */
    boolean lengthen(String queue, Head head) {
        if (!head.more) {
            return false;
        }
        ListRequest first = ListRequest.first(StoreKeys.ready(queue), PAGE);
        Listing page = coordinator.page(head.last.map(first::after).orElse(first));
        head.entries.addAll(page.entries());
        head.more = page.more();
        if (!page.entries().isEmpty()) {
            head.last = Optional.of(
                    page.entries().get(page.entries().size() - 1).key().name());
        }
        return !page.entries().isEmpty();
    }

    /** The queue is listed anew when it is looked at next. */
    void forget(String queue) {
        heads.remove(queue);
    }

    /** After an outcome that is not known, nothing here can be trusted. */
    void forget() {
        heads.clear();
    }
}
