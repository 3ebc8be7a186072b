package io.muster.queue.worker;

import java.util.function.UnaryOperator;

/** A pool's options, which may change while it works. Thread-safe. K1 */
public final class LiveOptions {
    private volatile PoolOptions now;

    public LiveOptions(PoolOptions first) {
        this.now = first;
    }

    /** As they are now. */
    public PoolOptions get() {
        return now;
    }

    /** One change after another. */
    public synchronized void change(UnaryOperator<PoolOptions> change) {
        now = change.apply(now);
    }
}
