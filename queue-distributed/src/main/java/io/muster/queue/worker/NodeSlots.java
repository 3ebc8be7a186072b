package io.muster.queue.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;

/** Limits how many handlers run at once on a node over all its pools (C7 maxConcurrency). Thread-safe. */
public final class NodeSlots {
    private final int total;

    @GuardedBy("this")
    private int used;

    @GuardedBy("this")
    private final List<Runnable> waiting = new ArrayList<>();

    public NodeSlots(int total) {
        if (total < 1) {
            throw new IllegalArgumentException("maxConcurrency must be at least 1, not " + total);
        }
        this.total = total;
    }

    public int total() {
        return total;
    }

    /** Takes a slot if one is free; else {@code whenFree} is called once, after the next release, without a slot having been taken. */
    synchronized boolean tryAcquire(Runnable whenFree) {
        if (used < total) {
            used++;
            return true;
        }
        waiting.add(whenFree);
        return false;
    }

    /** Whether somebody who found no slot waits for one. */
    synchronized boolean isWaitedFor() {
        return !waiting.isEmpty();
    }

    void release() {
        List<Runnable> woken;
        synchronized (this) {
            used--;
            woken = List.copyOf(waiting);
            waiting.clear();
        }
        woken.forEach(Runnable::run);
    }
}
