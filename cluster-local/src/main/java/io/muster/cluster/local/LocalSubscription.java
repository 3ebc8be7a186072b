package io.muster.cluster.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;

/** A subscription to one channel: a loop of the node tells the listener what the coordinator hands it, up to a bound. */
final class LocalSubscription implements Subscription {
    private static final int MOST_WAITING = 10_000;

    private final LocalCoordinator coordinator;
    private final String namespace;
    private final String channel;
    private final ChannelListener listener;
    private final LocalFaults faults;
    private final Loop loop;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private int waiting;

    @GuardedBy("lock")
    private boolean overflowed;

    @GuardedBy("lock")
    private boolean closed;

    LocalSubscription(
            LocalCoordinator coordinator,
            String namespace,
            String channel,
            ChannelListener listener,
            LocalFaults faults,
            Timeline timeline) {
        this.coordinator = coordinator;
        this.namespace = namespace;
        this.channel = channel;
        this.listener = listener;
        this.faults = faults;
        this.loop = timeline.loop("channel-" + channel);
    }

    void begin() {
        coordinator.add(this);
    }

    void offer(String publishedIn, String publishedTo, byte[] message) {
        if (!channel.equals(publishedTo) || !namespace.equals(publishedIn) || faults.isCut()) {
            return;
        }
        synchronized (lock) {
            if (waiting < MOST_WAITING) {
                waiting++;
                byte[] copy = message.clone();
                loop.post(() -> tell(() -> listener.onMessage(copy)));
            } else if (!overflowed) {
                overflowed = true;
                gap();
            }
        }
    }

    void gap() {
        synchronized (lock) {
            waiting++;
            loop.post(() -> {
                synchronized (lock) {
                    overflowed = false;
                }
                tell(listener::onGap);
            });
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        coordinator.remove(this);
        loop.close();
    }

    private void tell(Runnable call) {
        synchronized (lock) {
            waiting--;
            if (closed) {
                return;
            }
        }
        call.run();
    }
}
