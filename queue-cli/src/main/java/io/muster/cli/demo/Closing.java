package io.muster.cli.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be ended, the latest first: at the end of the demo, or when Ctrl-C comes from another thread. Thread-safe. */
final class Closing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    @GuardedBy("this")
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean begun;

    /**
     * To be closed later.
     *
     * @throws IllegalStateException closing has begun; it is closed already
     */
    <T extends AutoCloseable> T add(T closeable) {
        synchronized (this) {
            if (!begun) {
                open.push(closeable);
                return closeable;
            }
        }
        close(closeable);
        throw new IllegalStateException("The demo is being ended");
    }

    /** Closes all; whoever comes second waits until that is done. */
    @Override
    public void close() {
        if (begin()) {
            for (AutoCloseable next = next(); next != null; next = next()) {
                close(next);
            }
            ended.complete(null);
        } else {
            ended.join();
        }
    }

    private synchronized boolean begin() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    private synchronized @Nullable AutoCloseable next() {
        return open.poll();
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.warn("Could not end {}; going on with the rest", closeable, e);
        }
    }
}
