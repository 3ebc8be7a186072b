package io.muster.queue.worker;

/**
 * A pool at one moment. C8
 *
 * @param status what it is doing
 * @param total slots
 * @param active slots that run a handler
 * @param idle slots that do not
 * @param processed attempts that ended here with a settlement the store accepted
 * @param completed of these, completed
 * @param failed of these, failed for good
 * @param retried of these, put back to run again
 * @param stale settlements refused because the job had moved on
 * @param started handler runs begun
 * @param stuck handlers that ignored their interrupt and still run
 */
public record PoolStats(
        String name,
        Status status,
        int total,
        int active,
        int idle,
        long processed,
        long completed,
        long failed,
        long retried,
        long stale,
        long started,
        int stuck) {
    /** What a pool is doing. */
    public enum Status {
        RUNNING,
        PAUSED,
        DRAINING,
        STOPPED
    }
}
