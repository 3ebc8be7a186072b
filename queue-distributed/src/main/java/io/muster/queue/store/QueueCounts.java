package io.muster.queue.store;

/**
 * Sizes of a queue by state. F3
 *
 * @param completed jobs that ever completed, discarded ones included
 * @param failed jobs kept as failed
 * @param paused whether nothing is handed out
 */
public record QueueCounts(
        String queue,
        long delayed,
        long ready,
        long assigned,
        long running,
        long completed,
        long failed,
        boolean paused) {
    /** A queue that never held a job. */
    public static QueueCounts empty(String queue) {
        return new QueueCounts(queue, 0, 0, 0, 0, 0, 0, false);
    }

    /** Jobs that still have to end. */
    public long live() {
        return delayed + ready + assigned + running;
    }
}
