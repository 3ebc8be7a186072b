package io.muster.queue.worker;

import io.muster.cluster.time.Loop;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Shows whether a loop turns: asks it for a turn whenever somebody looks, once at a time. Thread-safe. */
final class Pulse {
    private final Loop loop;
    private final AtomicLong turns = new AtomicLong();
    private final AtomicBoolean asked = new AtomicBoolean();

    Pulse(Loop loop) {
        this.loop = loop;
    }

    /** Grows from one call to a later one if the loop has had a turn between them. */
    long turns() {
        if (asked.compareAndSet(false, true)) {
            loop.post(() -> {
                asked.set(false);
                turns.incrementAndGet();
            });
        }
        return turns.get();
    }
}
