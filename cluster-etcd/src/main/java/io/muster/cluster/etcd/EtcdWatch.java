package io.muster.cluster.etcd;

import io.etcd.jetcd.common.exception.EtcdException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.WatchListener.Change;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a directory: a snapshot at revision R, then a stream of events from R + 1 on. Whatever interrupts the stream
 * (error, end, compaction, silence, overflow) is answered by a new snapshot and a new stream: jetcd's own resumption skips
 * events if a stream breaks before it has caught up, and after some errors there is none.
 *
 * <p>Everything happens on the watch's own loop; jetcd's threads only fill the stream.
 */
final class EtcdWatch implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);
    private static final Duration SNAPSHOT = Duration.ofSeconds(5);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
    /** A stream that lived this long was no failure. */
    private static final Duration STABLE = Duration.ofSeconds(5);

    private static final int WORTH_SAYING = 4;

    private final EtcdEndpoints endpoints;
    private final EtcdReads reads;
    private final String directory;
    private final WatchListener listener;
    private final Timeline timeline;
    private final Loop loop;

    /** Of the loop; and of whoever closes the watch, once the loop has ended. */
    private volatile @Nullable EtcdStream stream;

    /** Of the loop alone. */
    private int failures;

    private volatile boolean closed;

    EtcdWatch(EtcdEndpoints endpoints, EtcdReads reads, String directory, WatchListener listener, Timeline timeline) {
        this.endpoints = endpoints;
        this.reads = reads;
        this.directory = directory;
        this.listener = listener;
        this.timeline = timeline;
        this.loop = timeline.loop("muster-etcd-watch-" + directory);
    }

    void start() {
        loop.post(this::follow);
    }

    @Override
    public void close() {
        closed = true;
        loop.close();
        leaveStream();
    }

    /** Asks for a sign of life. */
    void ping() {
        EtcdStream asked = stream;
        if (asked != null) {
            asked.ping();
        }
    }

    /** The connection that did not answer the last {@link #ping}. */
    Optional<EtcdConnection> silentConnection() {
        EtcdStream asked = stream;
        return asked != null && asked.isSilent() ? Optional.of(asked.connection()) : Optional.empty();
    }

    /** Starts anew elsewhere if this watch uses {@code connection}. */
    void leave(EtcdConnection connection) {
        EtcdStream present = stream;
        if (present != null && present.connection().equals(connection)) {
            interrupted(present, "no sign of life from " + connection.endpoint());
        }
    }

    /** To be called by any thread, as are the two below. */
    void interrupted(EtcdStream which, String reason) {
        loop.post(() -> {
            if (which.equals(stream)) {
                again(reason, which);
            }
        });
    }

    void changed(EtcdStream which) {
        loop.post(() -> {
            if (which.equals(stream)) {
                List<Change> changes = which.takeChanges();
                deliver(() -> listener.onChanges(changes));
            }
        });
    }

    void opened(EtcdStream which) {
        loop.post(() -> {
            if (failures >= WORTH_SAYING && which.equals(stream)) {
                LOG.info("Watch is back directory={} failures={}", directory, failures);
            }
        });
    }

    private void follow() {
        try {
            EtcdReads.Snapshot snapshot = reads.snapshot(directory, Deadline.after(SNAPSHOT, timeline.ticker()));
            deliver(() -> listener.onSnapshot(snapshot.children()));
            EtcdStream begun = reads.stream(this, endpoints.connection(), timeline.ticker());
            stream = begun;
            begun.open(directory, snapshot.revision() + 1);
            if (closed) {
                leaveStream();
            }
        } catch (ClusterException | EtcdException e) {
            again(String.valueOf(e.getMessage()), stream);
        }
    }

    private void again(String reason, @Nullable EtcdStream failed) {
        leaveStream();
        failures = failed != null && failed.age().compareTo(STABLE) > 0 ? 1 : failures + 1;
        if (failures == WORTH_SAYING) {
            LOG.warn("Watch is interrupted and tries again directory={} reason={}", directory, reason);
        } else {
            LOG.debug("Watch starts anew directory={} failures={} reason={}", directory, failures, reason);
        }
        loop.schedule(BACKOFF.after(failures, timeline.random()), this::follow);
    }

    private void leaveStream() {
        EtcdStream left = stream;
        stream = null;
        if (left != null) {
            left.close();
        }
    }

    private void deliver(Runnable call) {
        if (closed) {
            return;
        }
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A watch's listener failed and will be called again directory={}", directory, e);
        }
    }
}
