package io.muster.servers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** The last lines a process wrote, and a place to wait for the next ones. */
final class RecentLines {

    private static final int KEPT = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Deque<String> lines = new ArrayDeque<>();

    @GuardedBy("lock")
    private long added;

    @GuardedBy("lock")
    private boolean ended;

    void add(String line) {
        lock.lock();
        try {
            if (lines.size() == KEPT) {
                lines.removeFirst();
            }
            lines.addLast(line);
            added++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** No line will follow. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Optional<String> await(Predicate<String> wanted, Duration limit) {
        lock.lock();
        try {
            long remainingNanos = limit.toNanos();
            long seen = 0;
            while (true) {
                Optional<String> match = unseen(seen, wanted);
                if (match.isPresent() || ended || remainingNanos <= 0) {
                    return match;
                }
                seen = added;
                remainingNanos = changed.awaitNanos(remainingNanos);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a line of output", interrupted);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Optional<String> unseen(long seen, Predicate<String> wanted) {
        long dropped = added - lines.size();
        return lines.stream().skip(Math.max(0, seen - dropped)).filter(wanted).findFirst();
    }
}
