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
    /** Jobs that still have to end. */
    public long live() {
        return delayed + ready + assigned + running;
    }
}
