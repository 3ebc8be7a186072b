package io.muster.queue.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Ticker;
import java.time.Duration;

/** Looks at the slots when the earliest timeout is due: a timer per job would cost more than most jobs. Thread-safe. */
final class TimeoutWatch {
    private final Loop loop;
    private final Ticker ticker;
    private final Runnable look;

    @GuardedBy("this")
    private Loop.Timer timer = () -> {};

    @GuardedBy("this")
    private boolean armed;

    @GuardedBy("this")
    private long dueNanos;

    /** {@code look} is called on the loop at or after each moment that was asked for, perhaps more often. */
    TimeoutWatch(Loop loop, Ticker ticker, Runnable look) {
        this.loop = loop;
        this.ticker = ticker;
        this.look = look;
    }

    /** Look at this moment of the monotonic clock, or earlier. */
    synchronized void by(long nanos) {
        if (!armed || nanos - dueNanos < 0) {
            timer.cancel();
            armed = true;
            dueNanos = nanos;
            timer = loop.schedule(Duration.ofNanos(Math.max(0, nanos - ticker.nanos())), this::due);
        }
    }

    private void due() {
        synchronized (this) {
            armed = false;
        }
        look.run();
    }
}
