package io.muster.cluster.spi;

import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Subscription;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Ticker;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.time.Turns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Backend#publish} and {@link Backend#subscribe} for coordinators without a native form of them, built from
 * {@code commit}, {@code list} and {@code watch}: each publisher writes its messages into a ring of 32 slots per channel.
 *
 * <p>Costs one commit per message. A subscriber that falls more than 32 messages of one publisher behind loses the oldest
 * and is told so by {@link ChannelListener#onGap}. A publisher removes its slots after a minute of silence; those of a
 * publisher that died are removed by subscribers after five. Thread-safe.
 */
public final class RingBroadcast implements AutoCloseable {
    static final String ROOT = "broadcast";
    private static final Logger LOG = LoggerFactory.getLogger(RingBroadcast.class);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Duration ORPHANED = Duration.ofMinutes(5);
    private static final Duration STEP = Duration.ofSeconds(2);

    private final Backend backend;
    private final Timeline timeline;
    private final Ticker ticker;
    private final Loop loop;
    private final String publisher;
    private final Map<String, Ring> rings = new ConcurrentHashMap<>();
    private final Set<RingSubscription> subscriptions = ConcurrentHashMap.newKeySet();

    /**
     * @param backend only its {@code commit}, {@code list} and {@code watch} are used, and not before the first call here
     */
    public RingBroadcast(Backend backend, Timeline timeline) {
        this.backend = backend;
        this.timeline = timeline;
        this.ticker = timeline.ticker();
        byte[] id = new byte[10];
        timeline.random().nextBytes(id);
        this.publisher = HexFormat.of().formatHex(id);
        this.loop = timeline.loop("muster-broadcast-ring");
        loop.schedule(ORPHANED, this::removeOrphans);
    }

    /** As {@link Backend#publish}: messages of this object on a channel keep their order. */
    public void publish(String channel, byte[] message, Deadline deadline) {
        rings.computeIfAbsent(directory(channel), Ring::new).publish(message, deadline);
    }

    /** As {@link Backend#subscribe}. Takes up to two seconds if the coordinator is silent, and then announces a gap. */
    public Subscription subscribe(String channel, ChannelListener listener) {
        RingSubscription subscription = new RingSubscription(backend, ticker, directory(channel), listener);
        subscription.start(Deadline.after(STEP, ticker));
        subscriptions.add(subscription);
        return () -> {
            subscriptions.remove(subscription);
            subscription.close();
        };
    }

    /** Ends the subscriptions and removes this publisher's slots no more. Idempotent. */
    @Override
    public void close() {
        loop.close();
        subscriptions.forEach(RingSubscription::close);
        subscriptions.clear();
    }

    private static String directory(String channel) {
        return ROOT + "/" + Key.segment(channel);
    }

    private void removeOrphans() {
        for (RingSubscription subscription : subscriptions) {
            for (String orphan : subscription.silentFor(ORPHANED)) {
                removeSlots(subscription.directory(), orphan);
                subscription.forget(orphan);
            }
        }
        long jitter = timeline.random().nextLong(SILENCE.toMillis());
        loop.schedule(SILENCE.plusMillis(jitter), this::removeOrphans);
    }

    /** Whether nothing of the publisher is left. A slot written meanwhile stays. */
    private boolean removeSlots(String directory, String owner) {
        try {
            ListRequest page = ListRequest.first(directory, RingSlot.SLOTS).after(owner + "-");
            List<Entry> slots = backend.list(page, Deadline.after(STEP, ticker)).entries();
            for (Entry slot : slots) {
                if (RingSlot.publisher(slot.key().name()).equals(owner)) {
                    Transaction removal = Transaction.builder()
                            .require(Compare.unchanged(slot))
                            .write(Write.delete(slot.key()))
                            .build();
                    backend.commit(removal, Deadline.after(STEP, ticker));
                }
            }
            return true;
        } catch (ClusterException e) {
            LOG.debug("Slots are left for later directory={} publisher={} reason={}", directory, owner, e.getMessage());
            return false;
        }
    }

    /** This publisher's side of one channel. Whoever holds the turn owns the fields. */
    private final class Ring {
        private final String directory;
        private final Turns turns = new Turns(timeline);
        private volatile long sequence;
        private volatile long since = 1;
        private volatile long lastNanos;
        private volatile boolean sweeping;

        Ring(String directory) {
            this.directory = directory;
        }

        void publish(byte[] message, Deadline deadline) {
            turns.run(deadline, () -> {
                long next = sequence + 1;
                RingSlot slot = new RingSlot(publisher, next, since, message);
                Write write = Write.put(new Key(directory, slot.name()), slot.encoded());
                lastNanos = ticker.nanos();
                sweepLater();
                try {
                    backend.commit(Transaction.builder().write(write).build(), deadline);
                    sequence = next;
                } catch (OutcomeUnknownException e) {
                    sequence = next;
                    throw e;
                }
            });
        }

        private void sweepLater() {
            if (!sweeping) {
                sweeping = true;
                loop.schedule(SILENCE, this::sweep);
            }
        }

        private void sweep() {
            long silentNanos = ticker.nanos() - lastNanos;
            if (silentNanos < SILENCE.toNanos()) {
                loop.schedule(SILENCE.minusNanos(silentNanos), this::sweep);
                return;
            }
            try {
                turns.run(Deadline.after(STEP, ticker), () -> {
                    since = sequence + 1;
                    sweeping = !removeSlots(directory, publisher);
                });
            } catch (ClusterUnavailableException e) {
                LOG.debug("Slots are swept later directory={}", directory, e);
            }
            if (sweeping) {
                loop.schedule(SILENCE, this::sweep);
            }
        }
    }

    /** Messages as they are found: in each publisher's order. */
    static List<RingSlot> inOrder(List<RingSlot> slots) {
        List<RingSlot> sorted = new ArrayList<>(slots);
        sorted.sort((a, b) -> {
            int byPublisher = a.publisher().compareTo(b.publisher());
            return byPublisher != 0 ? byPublisher : Long.compare(a.sequence(), b.sequence());
        });
        return sorted;
    }
}
