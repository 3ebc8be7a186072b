package io.muster.queue.store;

/** What became of a settlement. */
public enum SettleResult {
    ACCEPTED,
    /** The token is not the current one: nothing changed. The job runs or ran elsewhere, or this settlement was applied before. */
    STALE
}
