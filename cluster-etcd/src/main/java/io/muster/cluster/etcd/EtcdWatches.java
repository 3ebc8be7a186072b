package io.muster.cluster.etcd;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All watches of a backend. Tells a frozen member from a peaceful one: one of the watches, in turn, asks its member for a sign
 * of life every five seconds, and at once when a member leaves a call unanswered; if none comes in two seconds, all watches
 * leave that member. Without this a frozen member silences them for twelve seconds. Thread-safe.
 */
final class EtcdWatches implements AutoCloseable {
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final EtcdEndpoints endpoints;
    private final EtcdReads reads;
    private final Timeline timeline;
    private final Loop loop;

    /** Of the loop alone. */
    private boolean asking;

    /** The one to ask next is first. */
    @GuardedBy("this")
    private final Deque<EtcdWatch> watches = new ArrayDeque<>();

    EtcdWatches(EtcdEndpoints endpoints, EtcdReads reads, Timeline timeline) {
        this.endpoints = endpoints;
        this.reads = reads;
        this.timeline = timeline;
        this.loop = timeline.loop("muster-etcd-pulse");
        loop.schedule(BEAT, this::beat);
    }

    Subscription open(String directory, WatchListener listener) {
        EtcdWatch watch = new EtcdWatch(endpoints, reads, directory, listener, timeline);
        synchronized (this) {
            watches.add(watch);
        }
        watch.start();
        return () -> {
            synchronized (this) {
                watches.remove(watch);
            }
            watch.close();
        };
    }

    @Override
    public void close() {
        loop.close();
        all().forEach(EtcdWatch::close);
    }

    /** A member did not answer: perhaps the watches hang on it too. */
    void doubt() {
        loop.post(this::ask);
    }

    private void beat() {
        ask();
        loop.schedule(BEAT, this::beat);
    }

    private void ask() {
        EtcdWatch next = asking ? null : next();
        if (next != null) {
            asking = true;
            next.ping();
            loop.schedule(ANSWER, () -> {
                asking = false;
                next.silentConnection().ifPresent(this::leave);
            });
        }
    }

    private void leave(EtcdConnection connection) {
        endpoints.leave(connection);
        all().forEach(watch -> watch.leave(connection));
    }

    private synchronized List<EtcdWatch> all() {
        return List.copyOf(watches);
    }

    private synchronized @Nullable EtcdWatch next() {
        EtcdWatch next = watches.poll();
        if (next != null) {
            watches.add(next);
        }
        return next;
    }
}
