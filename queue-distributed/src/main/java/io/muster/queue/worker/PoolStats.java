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
 * @param stuck handlers that ignored their interrupt and still run, each on a thread of its own that was given up (K3)
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
    PoolStats with(Status changed) {
        return new PoolStats(
                name, changed, total, active, idle, processed, completed, failed, retried, stale, started, stuck);
    }

    /** What a pool is doing. */
    public enum Status {
        RUNNING,
        PAUSED,
        /** The cluster is in maintenance, and it is none of the pools that go on. K6 */
        MAINTENANCE,
        DRAINING,
        STOPPED,
        /** It has ended by its own limits, and is shown no more. K1 */
        ENDED,
        /** Its loop makes no progress while its node lives: it gets nothing, and what it has not begun goes to others. */
        WEDGED,
        /**
         * The store has not answered it for a session TTL: it keeps its results and tells them again, gets nothing, and is taken for
         * lost after a grace.
         */
        STORE_SILENT
    }
}
