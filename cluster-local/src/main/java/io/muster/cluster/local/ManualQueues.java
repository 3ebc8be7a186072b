package io.muster.cluster.local;

import io.muster.cluster.local.ManualQueue.Event;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The open queues of a timeline in the order in which they were made, with the moment of each one's next event. Simulations ask millions of times who is
 * next, mostly of queues whose time has not come.
 */
final class ManualQueues {
    /** The moment of a queue that has no event. */
    static final long NEVER = Long.MAX_VALUE;

    private ManualQueue[] queues = new ManualQueue[64];
    private long[] moments = new long[64];
    private int size;

    void add(ManualQueue queue) {
        if (size == queues.length) {
            queues = Arrays.copyOf(queues, 2 * size);
            moments = Arrays.copyOf(moments, 2 * size);
        }
        queues[size] = queue;
        moments[size] = NEVER;
        queue.place(size);
        size++;
    }

    void remove(ManualQueue queue) {
        int place = queue.place();
        if (place < 0) {
            return;
        }
        size--;
        for (int i = place; i < size; i++) {
            queues[i] = queues[i + 1];
            moments[i] = moments[i + 1];
            queues[i].place(i);
        }
        queue.place(-1);
    }

    void next(ManualQueue queue, long moment) {
        if (queue.place() >= 0) {
            moments[queue.place()] = moment;
        }
    }

    List<ManualQueue> all() {
        return Stream.of(queues).limit(size).toList();
    }

    /** Who has the earliest event that may run by then: what is overdue is due now; one of equals by {@code shuffle}, else the first posted. */
    @Nullable
    ManualQueue earliest(long nowNanos, long byNanos, @Nullable Random shuffle) {
        ManualQueue chosen = null;
        long chosenNanos = byNanos;
        long chosenSequence = Long.MAX_VALUE;
        int equals = 0;
        for (int i = 0; i < size; i++) {
            if (moments[i] > chosenNanos) {
                continue;
            }
            Event head = queues[i].head();
            if (head == null) {
                continue;
            }
            long dueNanos = Math.max(head.dueNanos(), nowNanos);
            if (dueNanos > chosenNanos) {
                continue;
            }
            boolean earlier = chosen == null || dueNanos < chosenNanos;
            equals = earlier ? 1 : equals + 1;
            if (earlier || (shuffle == null ? head.sequence() < chosenSequence : shuffle.nextInt(equals) == 0)) {
                chosen = queues[i];
                chosenNanos = dueNanos;
                chosenSequence = head.sequence();
            }
        }
        return chosen;
    }
}
