package io.muster.queue;

import io.muster.queue.explain.Cause;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.QueueCounts;
import java.time.Instant;

/** What people do with whole queues. Q5 */
record StoredQueues(JobStore.Intake intake) {
    private static final int CLEARED_PER_CALL = 500;

    QueueCounts size(String queue) {
        return intake.counts().stream()
                .filter(counts -> counts.queue().equals(queue))
                .findFirst()
                .orElseGet(() -> QueueCounts.empty(queue));
    }

    /** Answers how many jobs were removed. */
    long clear(String queue) {
        long cleared = 0;
        int step;
        do {
            step = intake.clear(queue, CLEARED_PER_CALL);
            cleared += step;
        } while (step > 0);
        return cleared;
    }

    void pause(String queue, String by, Instant now) {
        intake.pause(queue, Cause.QueuePaused.note(by, now));
    }
}
