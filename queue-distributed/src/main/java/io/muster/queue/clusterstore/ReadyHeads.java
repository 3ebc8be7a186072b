package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The heads of the ready queues as this process knows them, so that assigning again and again does not list again and again. Valid while
 * the queue's mark on the board is unchanged. Owned by whoever assigns; not thread-safe.
 *
 * <p>A list from the first name on costs some servers as much as has ever been deleted there. So a queue to which jobs were only pushed
 * since ({@link StoreKeys#BEHIND_MARK} is unchanged) is listed from where a push at the last list's time has its place. What a clock that is
 * behind ours hides from that is found by a full list, within {@link #FULL_PACE} and a look; then lists are full for a while.
 */
final class ReadyHeads {
    private static final int PAGE = 500;
    private static final Duration FULL_PACE = Duration.ofSeconds(5);
    /** Pushes that take no longer, by clocks that differ by less, are not hidden. */
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private static final Duration FULL_AFTER_HIDDEN = Duration.ofMinutes(10);
    /** A queue that nobody asks about any more is forgotten, with the documents that were listed. */
    static final Duration UNASKED = Duration.ofMinutes(1);

    private final Coordinator coordinator;
    private final Map<String, Head> heads = new HashMap<>();
    private boolean foundHidden;
    private long foundHiddenNanos;

    /** Ready jobs of one queue in their order, as far as they were listed. */
    static final class Head {
        private final List<Entry> entries = new ArrayList<>();
        private final long fullNanos;
        private final Optional<Version> behind;
        private long askedNanos;
        private Optional<Version> mark;
        private Optional<String> last = Optional.empty();
        private boolean more = true;
        private Instant listedAt;
        /** Where the last list in part began. */
        private Optional<String> from = Optional.empty();

        private Head(Optional<Version> mark, Optional<Version> behind, Instant listedAt, long fullNanos) {
            this.mark = mark;
            this.behind = behind;
            this.listedAt = listedAt;
            this.fullNanos = fullNanos;
            this.askedNanos = fullNanos;
        }

        /** In their order; whoever assigns some takes them out. */
        List<Entry> entries() {
            return entries;
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
        Head head = heads.get(queue);
        if (head == null) {
            return full(queue, board);
        }
        long now = coordinator.timeline().ticker().nanos();
        head.askedNanos = now;
        boolean overdue = now - head.fullNanos >= FULL_PACE.toNanos();
        boolean changed = !head.mark.equals(board.mark(queue));
        boolean inPart = head.from.isPresent();
        if (inPart && !head.behind.equals(board.behindMark())) {
            return full(queue, board); // What the queue's mark has told of already may lie behind.
        }
        if (overdue && (changed || inPart)) {
            Head found = full(queue, board);
            if (hid(head, found)) {
                foundHidden = true;
                foundHiddenNanos = now;
            }
            return found;
        }
        if (changed) {
            boolean pushedOnly = !head.more && head.behind.equals(board.behindMark());
            boolean trusted = !foundHidden || now - foundHiddenNanos > FULL_AFTER_HIDDEN.toNanos();
            return pushedOnly && trusted ? inPart(queue, head, board) : full(queue, board);
        }
        if (head.entries.isEmpty()) {
            lengthen(queue, head);
        }
        return head;
    }

    private Head full(String queue, Board board) {
        Head head = new Head(
                board.mark(queue),
                board.behindMark(),
                coordinator.timeline().clock().instant(),
                coordinator.timeline().ticker().nanos());
        heads.put(queue, head);
        lengthen(queue, head);
        return head;
    }

    private Head inPart(String queue, Head head, Board board) {
        Instant clock = coordinator.timeline().clock().instant();
        Instant listedAt = head.listedAt.isBefore(clock) ? head.listedAt : clock;
        String from = StoreKeys.readySince(listedAt.minus(MARGIN));
        head.mark = board.mark(queue);
        head.listedAt = clock;
        head.from = Optional.of(from);
        head.entries.removeIf(entry -> entry.key().name().compareTo(from) > 0);
        head.last = head.from;
        head.more = true;
        lengthen(queue, head);
        return head;
    }

    /** Whether lists in part had not shown something although there were only pushes. */
    private boolean hid(Head before, Head full) {
        if (before.from.isEmpty()) {
            return false;
        }
        String from = before.from.get();
        Set<String> known = new HashSet<>();
        before.entries.forEach(entry -> known.add(entry.key().name()));
        boolean found = full.entries.stream()
                .map(entry -> entry.key().name())
                .anyMatch(name -> name.compareTo(from) <= 0 && !known.contains(name));
        // The board may be older than the list: then it was not hidden, but put there just now.
        return found
                && before.behind.equals(coordinator.read(StoreKeys.BEHIND_MARK).map(Entry::version));
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

    /** Forgets queues that have not been asked about for a while. */
    void forgetUnasked() {
        long now = coordinator.timeline().ticker().nanos();
        heads.values().removeIf(head -> now - head.askedNanos >= UNASKED.toNanos());
    }

    /** How many ready jobs it keeps. */
    int size() {
        return heads.values().stream().mapToInt(head -> head.entries.size()).sum();
    }

    /** After an outcome that is not known, nothing here can be trusted. */
    void forget() {
        heads.clear();
    }
}
