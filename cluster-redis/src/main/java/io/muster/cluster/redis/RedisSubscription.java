package io.muster.cluster.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.redis.RedisChannels;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the messages of a channel to its listener on a loop of its own. A listener that falls too far behind has a gap. */
final class RedisSubscription implements Subscription, RedisChannels.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSubscription.class);
    private static final int MOST_MESSAGES = 10_000;
    private static final long MOST_BYTES = 16L << 20;

    private final String channel;
    private final ChannelListener listener;
    private final Timeline timeline;
    private final Loop loop;
    private final CompletableFuture<@Nullable Void> subscribed = new CompletableFuture<>();

    /** Messages, and an empty one for a gap. */
    @GuardedBy("this")
    private final Queue<Optional<byte[]>> pending = new ArrayDeque<>();

    @GuardedBy("this")
    private long pendingBytes;

    @GuardedBy("this")
    private boolean begun;

    private volatile boolean closed;

    RedisSubscription(String channel, ChannelListener listener, Timeline timeline) {
        this.channel = channel;
        this.listener = listener;
        this.timeline = timeline;
        this.loop = timeline.loop("muster-redis-channel-" + channel);
    }

    /** Waits until messages arrive. If that takes longer, a gap is announced when they do. */
    void awaitSubscribed(Deadline deadline) {
        timeline.await(subscribed, deadline);
        synchronized (this) {
            begun = true;
        }
    }

    @Override
    public void onSubscribed() {
        synchronized (this) {
            if (begun) {
                enqueue(Optional.empty());
            }
            begun = true;
        }
        subscribed.complete(null);
    }

    @Override
    public synchronized void onMessage(byte[] message) {
        if (pending.size() >= MOST_MESSAGES || pendingBytes + message.length > MOST_BYTES) {
            pending.clear();
            pendingBytes = 0;
            enqueue(Optional.empty());
        }
        pendingBytes += message.length;
        enqueue(Optional.of(message));
    }

    @Override
    public void close() {
        closed = true;
        loop.close();
    }

    @GuardedBy("this")
    private void enqueue(Optional<byte[]> item) {
        boolean idle = pending.isEmpty();
        pending.add(item);
        if (idle) {
            loop.post(this::deliver);
        }
    }

    private void deliver() {
        for (Optional<byte[]> item : drained()) {
            if (!closed) {
                tell(item);
            }
        }
    }

    private synchronized List<Optional<byte[]>> drained() {
        List<Optional<byte[]>> all = List.copyOf(pending);
        pending.clear();
        pendingBytes = 0;
        return all;
    }

    private void tell(Optional<byte[]> item) {
        try {
            item.ifPresentOrElse(listener::onMessage, listener::onGap);
        } catch (RuntimeException e) {
            LOG.error("A subscriber failed on a message; the next ones follow channel={}", channel, e);
        }
    }
}
