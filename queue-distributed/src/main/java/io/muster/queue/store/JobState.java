package io.muster.queue.store;

/** Where a job is in its life. In the words of F3: pending = READY, reserved = ASSIGNED, processing = RUNNING. */
public enum JobState {
    DELAYED,
    READY,
    ASSIGNED,
    RUNNING,
    COMPLETED,
    FAILED,
    DISCARDED;

    /** Whether the job has ended for good. */
    public boolean isSettled() {
        return this == COMPLETED || this == FAILED || this == DISCARDED;
    }
}
