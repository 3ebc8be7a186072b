package io.muster.cluster.local;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A task with a thread of its own, which runs only while whoever drives the timeline waits for it: of all threads one runs at a time. A
 * task that waits gives way, so that time can stop in the middle of it; in a process that is killed it never goes on. What is passed
 * between the threads is passed by the two semaphores.
 */
final class ManualThread implements Timeline.Task {
    private static final ThreadLocal<@Nullable ManualThread> CURRENT = new ThreadLocal<>();
    private static final long NO_WAIT = 0;

    private final ManualTimeline timeline;
    private final ManualQueue own;
    private final Runnable body;
    private final Semaphore mayRun = new Semaphore(0);
    private final Semaphore gaveWay = new Semaphore(0);
    /** Number of the wait that is under way, {@link #NO_WAIT} if there is none. */
    private long waitingFor = NO_WAIT;

    private long waits;
    private boolean started;
    private boolean ended;
    private boolean interrupted;
    private boolean aborted;

    ManualThread(ManualTimeline timeline, ManualQueue own, Runnable body) {
        this.timeline = timeline;
        this.own = own;
        this.body = body;
    }

    /** The task whose thread this is; null on the thread that drives the timeline. */
    static @Nullable ManualThread current() {
        return CURRENT.get();
    }

    void begin() {
        own.post(this::run);
    }

    @Override
    public void interrupt() {
        if (ended) {
            return;
        }
        if (CURRENT.get() == this) {
            Thread.currentThread().interrupt();
            return;
        }
        interrupted = true;
        long waiting = waitingFor;
        if (waiting != NO_WAIT) {
            own.post(() -> goOn(waiting));
        }
    }

    @Override
    public boolean ended() {
        return ended;
    }

    /** On its own thread: gives way until the signal is done, the deadline over, or an interrupt has come. */
    boolean await(CompletableFuture<?> signal, Deadline deadline) {
        if (signal.isDone() || Thread.currentThread().isInterrupted()) {
            return signal.isDone();
        }
        if (!interrupted) {
            long waiting = ++waits;
            waitingFor = waiting;
            CompletableFuture<?> wake = signal.whenComplete((value, failure) -> own.post(() -> goOn(waiting)));
            Loop.Timer end = own.schedule(deadline.remaining(), () -> goOn(waiting));
            giveWay();
            end.cancel();
            wake.cancel(false);
        }
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
        return signal.isDone();
    }

    /** Takes what still waits off its thread, as the process it belonged to is gone. */
    void abort() {
        if (started && !ended) {
            aborted = true;
            waitingFor = NO_WAIT;
            run();
        }
    }

    private void goOn(long waiting) {
        if (waitingFor == waiting) {
            waitingFor = NO_WAIT;
            run();
        }
    }

    /** On the driving thread: returns when the body waits again, or has ended. */
    private void run() {
        @Nullable Thread outer = timeline.lend(null);
        if (started) {
            mayRun.release();
        } else {
            started = true;
            SystemTimeline.instance().start(own.name(), this::live);
        }
        gaveWay.acquireUninterruptibly();
        timeline.lend(outer);
    }

    private void live() {
        CURRENT.set(this);
        timeline.lend(Thread.currentThread());
        try {
            body.run();
        } catch (ManualNode.KilledError end) {
            aborted = true;
        } catch (RuntimeException | Error e) {
            timeline.failed(own.name(), e);
        } finally {
            CURRENT.remove();
            ended = true;
            own.close();
            timeline.forget(this);
            gaveWay.release();
        }
    }

    private void giveWay() {
        gaveWay.release();
        mayRun.acquireUninterruptibly();
        timeline.lend(Thread.currentThread());
        if (aborted) {
            throw new ManualNode.KilledError();
        }
    }
}
