package io.muster.cluster.spi;

import io.muster.cluster.ClusterException;
import io.muster.cluster.Subscription;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the states of a ring's slots back into messages: per publisher in order, each at most once. What is delivered is
 * owned by the watch's thread; {@code progress} is also read by the loop that removes orphans.
 */
final class RingSubscription implements WatchListener, Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(RingSubscription.class);
    private static final Duration REREAD = Duration.ofSeconds(2);

    private final Backend backend;
    private final Ticker ticker;
    private final String directory;
    private final ChannelListener listener;
    private final Map<String, Progress> progress = new ConcurrentHashMap<>();
    private boolean begun;
    private boolean snapshotSeen;
    private volatile boolean closed;
    private volatile @Nullable Subscription watch;

    /** How far a publisher's messages were delivered, and when the last change was seen. */
    private record Progress(long delivered, long changedAtNanos) {}

    RingSubscription(Backend backend, Ticker ticker, String directory, ChannelListener listener) {
        this.backend = backend;
        this.ticker = ticker;
        this.directory = directory;
        this.listener = listener;
    }

    String directory() {
        return directory;
    }

    /** What is in the slots now was published before, and is not delivered. */
    void start(Deadline deadline) {
        try {
            skip(listed(deadline));
            begun = true;
        } catch (ClusterException e) {
            LOG.debug("Subscribed without knowing what came before directory={}", directory, e);
        }
        watch = backend.watch(directory, this);
        if (closed) {
            close();
        }
    }

    @Override
    public void onSnapshot(List<Entry> children) {
        if (!begun) {
            begun = true;
            skip(slots(children));
            gap();
        } else {
            deliver(slots(children), Found.SNAPSHOT);
            if (snapshotSeen) {
                gap();
            }
        }
        snapshotSeen = true;
    }

    @Override
    public void onChanges(List<Change> changes) {
        List<Entry> entries = new ArrayList<>();
        for (Change change : changes) {
            change.entry().ifPresent(entries::add);
        }
        deliver(slots(entries), Found.CHANGES);
    }

    /** Publishers of which nothing changed for so long. */
    List<String> silentFor(Duration silence) {
        long now = ticker.nanos();
        return progress.entrySet().stream()
                .filter(known -> now - known.getValue().changedAtNanos() >= silence.toNanos())
                .map(Map.Entry::getKey)
                .toList();
    }

    void forget(String publisher) {
        progress.computeIfPresent(
                publisher, (name, known) -> ticker.nanos() - known.changedAtNanos() >= REREAD.toNanos() ? null : known);
    }

    @Override
    public void close() {
        closed = true;
        Subscription running = watch;
        if (running != null) {
            running.close();
        }
    }

    private enum Found {
        SNAPSHOT,
        CHANGES
    }

    private void skip(List<RingSlot> slots) {
        for (RingSlot slot : RingBroadcast.inOrder(slots)) {
            progress.put(slot.publisher(), new Progress(slot.sequence(), ticker.nanos()));
        }
    }

    /** A number that is missing among changes may only be late: keys swap order. The directory itself knows. */
    private void deliver(List<RingSlot> slots, Found found) {
        List<RingSlot> news = newOnes(slots);
        if (found == Found.CHANGES && misses(news)) {
            try {
                news = newOnes(listed(Deadline.after(REREAD, ticker)));
            } catch (ClusterException e) {
                LOG.debug("Missing messages could not be looked up directory={}", directory, e);
            }
        }
        for (RingSlot slot : news) {
            boolean gap = slot.sequence() != delivered(slot) + 1;
            progress.put(slot.publisher(), new Progress(slot.sequence(), ticker.nanos()));
            if (gap) {
                gap();
            }
            if (!closed) {
                guarded(() -> listener.onMessage(slot.message()));
            }
        }
    }

    private List<RingSlot> newOnes(List<RingSlot> slots) {
        return RingBroadcast.inOrder(
                slots.stream().filter(slot -> slot.sequence() > delivered(slot)).toList());
    }

    private boolean misses(List<RingSlot> ordered) {
        String publisher = "";
        long last = 0;
        for (RingSlot slot : ordered) {
            long before = slot.publisher().equals(publisher) ? last : delivered(slot);
            if (slot.sequence() != before + 1) {
                return true;
            }
            publisher = slot.publisher();
            last = slot.sequence();
        }
        return false;
    }

    /** The last number that is done with; for an unknown publisher, what came before its sequence was complete. */
    private long delivered(RingSlot slot) {
        Progress known = progress.get(slot.publisher());
        return known == null ? slot.since() - 1 : known.delivered();
    }

    private List<RingSlot> listed(Deadline deadline) {
        List<RingSlot> found = new ArrayList<>();
        ListRequest page = ListRequest.first(directory, 1_000);
        while (true) {
            Listing listing = backend.list(page, deadline);
            found.addAll(slots(listing.entries()));
            if (!listing.more() || listing.entries().isEmpty()) {
                return found;
            }
            page = page.after(
                    listing.entries().get(listing.entries().size() - 1).key().name());
        }
    }

    private static List<RingSlot> slots(List<Entry> entries) {
        return entries.stream().map(RingSlot::decoded).flatMap(Optional::stream).toList();
    }

    private void gap() {
        if (!closed) {
            guarded(listener::onGap);
        }
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A subscriber failed on a message; the next ones follow directory={}", directory, e);
        }
    }
}
