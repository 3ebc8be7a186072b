package io.muster.cli.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be ended, the latest first: at the end of the demo, or when Ctrl-C comes from another thread. Thread-safe. */
final class Closing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    @GuardedBy("this")
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** To be closed later. */
    synchronized <T extends AutoCloseable> T add(T closeable) {
        open.push(closeable);
        return closeable;
    }

    @Override
    public void close() {
        for (AutoCloseable next = next(); next != null; next = next()) {
            try {
                next.close();
            } catch (Exception e) {
                LOG.warn("Could not end {}; going on with the rest", next, e);
            }
        }
    }

    private synchronized @org.jspecify.annotations.Nullable AutoCloseable next() {
        return open.poll();
    }
}
