package io.muster.cluster.local;

import io.muster.cluster.time.Loop;
import java.time.Duration;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A loop of a manual timeline: what is due runs in order of time, then of posting. */
final class ManualQueue implements Loop {
    private final ManualTimeline timeline;
    private final ManualNode node;
    private final String name;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private int place = -1;
    private boolean running;
    private boolean closed;
    private boolean interrupted;

    ManualQueue(ManualTimeline timeline, ManualNode node, String name) {
        this.timeline = timeline;
        this.node = node;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void post(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        timeline.checkThread();
        if (closed) {
            return () -> {};
        }
        long dueNanos = timeline.nowNanos() + Math.max(0, delay.toNanos());
        Event event = new Event(dueNanos, timeline.nextSequence(), task);
        events.add(event);
        changed();
        return () -> {
            events.remove(event);
            changed();
        };
    }

    @Override
    public void close() {
        closed = true;
        interrupted |= running;
        events.clear();
        timeline.forget(this);
    }

    /** The event that may run next; none while the node is paused or a task of this loop is on the stack. */
    @Nullable
    Event head() {
        return running || node.isPaused() ? null : events.peek();
    }

    /** Where it is among the open queues of its timeline; negative if it is none of them. */
    int place() {
        return place;
    }

    void place(int now) {
        place = now;
    }

    boolean belongsTo(ManualNode owner) {
        return node == owner;
    }

    /** Interrupts the task that runs or waits in this loop, or the next one. */
    void interrupt() {
        interrupted = true;
    }

    boolean isInterrupted() {
        return interrupted;
    }

    /** All loops share one thread, so each task gets the interrupts meant for it and leaves none behind. */
    void runHead() {
        Event event = events.remove();
        changed();
        boolean outerInterrupted = Thread.interrupted();
        running = true;
        try {
            takeInterrupt();
            event.task.run();
        } catch (ManualNode.KilledError end) {
            events.clear();
            changed();
        } catch (RuntimeException | Error e) {
            timeline.failed(name, e);
        } finally {
            running = false;
            Thread.interrupted();
            if (outerInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void takeInterrupt() {
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    private void changed() {
        Event head = events.peek();
        timeline.nextEvent(this, head == null ? ManualQueues.NEVER : head.dueNanos());
    }

    record Event(long dueNanos, long sequence, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
