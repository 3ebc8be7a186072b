package io.muster.servers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.servers.ProxyPipe.Mark;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What is wrong with a proxied network at the moment, and the gate at which all bytes wait for it. */
final class ProxyFault {

    enum Kind {
        NONE,
        CUT,
        BLACKHOLE,
        DELAY,
        SWALLOW_REPLIES,
        HOLD_REQUESTS
    }

    enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /** What to do with something that has waited at the gate. */
    enum Verdict {
        FORWARD,
        DROP,
        /** The connection must end here. */
        RESET
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private Kind kind = Kind.NONE;

    @GuardedBy("lock")
    private long delayNanos;

    void become(Kind newKind, Duration newDelay) {
        lock.lock();
        try {
            kind = newKind;
            delayNanos = newDelay.toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isCut() {
        lock.lock();
        try {
            return kind == Kind.CUT;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a new connection may reach the server. */
    void awaitConnect() throws InterruptedException {
        lock.lock();
        try {
            while (kind == Kind.BLACKHOLE || kind == Kind.HOLD_REQUESTS) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until something that arrived at that moment may leave the proxy, or is lost. That the server closed the
     * connection is not lost with its replies but waits, as TCP does not show the end of a stream before all of it.
     *
     * @param repliesLost set here when a reply is lost; from then on no reply may be forwarded on that connection, since
     *     the client would take it for the answer to an earlier request
     */
    Verdict admit(Direction direction, Mark mark, long arrivedNanos, AtomicBoolean repliesLost)
            throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                boolean swallowed = kind == Kind.SWALLOW_REPLIES && direction == Direction.TO_CLIENT;
                if (swallowed && mark == Mark.DATA) {
                    repliesLost.set(true);
                    return Verdict.DROP;
                }
                boolean held = kind == Kind.HOLD_REQUESTS && direction == Direction.TO_SERVER;
                long waitNanos = kind == Kind.DELAY ? arrivedNanos + delayNanos - Await.nanos() : 0;
                if (kind == Kind.BLACKHOLE || swallowed || held) {
                    changed.await();
                } else if (waitNanos > 0) {
                    changed.awaitNanos(waitNanos);
                } else {
                    boolean afterGap = direction == Direction.TO_CLIENT && repliesLost.get();
                    return kind == Kind.CUT || afterGap ? Verdict.RESET : Verdict.FORWARD;
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
