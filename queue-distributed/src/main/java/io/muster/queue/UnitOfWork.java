package io.muster.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A span of work on one thread, such as a request, at whose close the jobs run that were dispatched in it
 * {@linkplain Dispatch#dispatchAfterResponse() after the response}. They are kept in memory only. Units nest; the innermost counts.
 * Opened and closed by the same thread. J3
 */
public final class UnitOfWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnitOfWork.class);
    private static final ThreadLocal<@Nullable UnitOfWork> CURRENT = new ThreadLocal<>();

    private final @Nullable UnitOfWork outer;
    private final Deque<Runnable> after = new ArrayDeque<>();
    private boolean closed;

    private UnitOfWork(@Nullable UnitOfWork outer) {
        this.outer = outer;
    }

    /** Begins a unit on this thread, for all queues of the process. */
    public static UnitOfWork open() {
        UnitOfWork unit = new UnitOfWork(CURRENT.get());
        CURRENT.set(unit);
        return unit;
    }

    /** Runs {@code work} when the current thread's unit closes, at once if none is open. */
    static void after(Runnable work) {
        UnitOfWork unit = CURRENT.get();
        if (unit == null) {
            work.run();
        } else {
            unit.after.add(work);
        }
    }

    /** How many jobs run at its close. */
    public int waiting() {
        return after.size();
    }

    /**
     * Runs what waits, in order, on this thread; what one throws is logged and keeps no other from running. Idempotent.
     *
     * @throws IllegalStateException it is not this thread's innermost unit
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (CURRENT.get() != this) {
            throw new IllegalStateException(
                    "A unit of work is closed by the thread that opened it, after all units that were opened in it");
        }
        closed = true;
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
        for (Runnable work = after.poll(); work != null; work = after.poll()) {
            run(work);
        }
    }

    private static void run(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) { // Whatever a job throws, an error of an assertion too.
            LOG.warn("A job that ran after the response failed; nothing retries it", e);
        }
    }
}
