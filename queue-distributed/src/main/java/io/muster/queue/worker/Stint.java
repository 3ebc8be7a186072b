package io.muster.queue.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A pool's work from when it was built until it ends by its {@link WorkLimits}, over all incarnations of its node meanwhile: what it has
 * taken, what it may still take, and why it is over. Thread-safe.
 */
public final class Stint {
    private static final long BYTES_PER_MIB = 1024L * 1024;
    private static final long LOOK_AT_HEAP_NANOS = 100_000_000;

    private final WorkLimits limits;
    private final Ticker ticker;
    private final LongSupplier heapBytes;
    private final long beganNanos;

    @GuardedBy("this")
    private int taken;

    @GuardedBy("this")
    private int mostHeld;

    @GuardedBy("this")
    private Optional<Long> emptySinceNanos = Optional.empty();

    @GuardedBy("this")
    private Optional<Long> heapLookNanos = Optional.empty();

    /** Begins now. {@code heapBytes} is the heap in use after the last garbage collection. */
    public Stint(WorkLimits limits, Ticker ticker, LongSupplier heapBytes) {
        this.limits = limits;
        this.ticker = ticker;
        this.heapBytes = heapBytes;
        this.beganNanos = ticker.nanos();
    }

    /** Whether what it takes is counted to the job. */
    public boolean counts() {
        return limits.counts();
    }

    /** How many jobs the pool may hold in the store, after what it will take next. */
    public synchronized int mostHeld() {
        return mostHeld;
    }

    /** Before a trip to the store: the pool holds so many jobs, those included that ended and were not told, and asks for so many. */
    public synchronized void asks(int held, int take) {
        mostHeld = held + take;
    }

    /** How many more it may take. */
    synchronized int left() {
        return limits.maxJobs().map(most -> Math.max(0, most - taken)).orElse(Integer.MAX_VALUE);
    }

    synchronized void took(int jobs) {
        taken += jobs;
        if (jobs > 0) {
            emptySinceNanos = Optional.empty();
        }
    }

    /** Jobs went back without having begun. */
    synchronized void gaveBack(int jobs) {
        taken -= jobs;
    }

    /** The pool, idle, asked for jobs, and there was none. */
    synchronized void foundNothing() {
        if (emptySinceNanos.isEmpty()) {
            emptySinceNanos = Optional.of(ticker.nanos());
        }
    }

    /** Why it takes nothing more; empty if it does. */
    synchronized Optional<String> over(Duration sleep) {
        long now = ticker.nanos();
        if (limits.maxJobs().isPresent() && taken >= limits.maxJobs().get()) {
            return Optional.of("max-jobs " + limits.maxJobs().get());
        }
        if (limits.maxTime().isPresent()
                && now - beganNanos >= limits.maxTime().get().toNanos()) {
            return Optional.of("max-time " + limits.maxTime().get());
        }
        if (emptySinceNanos.isPresent() && limits.whenEmpty() == WorkLimits.WhenEmpty.STOP) {
            return Optional.of("stop-when-empty");
        }
        if (emptySinceNanos.isPresent()
                && limits.whenEmpty() == WorkLimits.WhenEmpty.STOP_AFTER_SLEEP
                && now - emptySinceNanos.get() >= sleep.toNanos()) {
            return Optional.of("once, and there is nothing");
        }
        return overMemory(now);
    }

    @GuardedBy("this")
    private Optional<String> overMemory(long now) {
        boolean lookedJustNow = heapLookNanos.isPresent() && now - heapLookNanos.get() < LOOK_AT_HEAP_NANOS;
        if (limits.memoryMiB().isEmpty() || lookedJustNow) {
            return Optional.empty();
        }
        heapLookNanos = Optional.of(now);
        long used = heapBytes.getAsLong() / BYTES_PER_MIB;
        return used > limits.memoryMiB().get()
                ? Optional.of("memory " + limits.memoryMiB().get() + " MiB, of which " + used + " are in use")
                : Optional.empty();
    }

    /** When its time is over, from now; empty if it has no end. */
    Optional<Duration> timeLeft() {
        return limits.maxTime().map(most -> most.minusNanos(ticker.nanos() - beganNanos));
    }
}
