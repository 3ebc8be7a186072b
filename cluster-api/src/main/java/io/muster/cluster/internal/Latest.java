package io.muster.cluster.internal;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands states to one listener on its loop: while it is busy, only the newest waits. Thread-safe; its own lock guards the
 * fields and is never held during a call.
 */
final class Latest<T> implements Subscription {
    private final Loop loop;
    private final Consumer<T> listener;
    private @Nullable T waiting;
    private volatile boolean closed;

    Latest(Loop loop, Consumer<T> listener) {
        this.loop = loop;
        this.listener = listener;
    }

    void offer(T state) {
        synchronized (this) {
            boolean posted = waiting != null;
            waiting = state;
            if (posted) {
                return;
            }
        }
        loop.post(this::deliver);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void deliver() {
        T state;
        synchronized (this) {
            state = waiting;
            waiting = null;
        }
        if (state != null && !closed) {
            listener.accept(state);
        }
    }
}
