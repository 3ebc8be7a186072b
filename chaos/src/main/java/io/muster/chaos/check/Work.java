package io.muster.chaos.check;

/** What a client can push, and what must become of it. */
public enum Work {
    /** Completes. */
    PLAIN,
    /** Completes, some seconds later. */
    DELAYED,
    /** Throws some times and completes within its tries. */
    RETRIED,
    /** Throws each time, and fails once its tries are used up. */
    FAILING,
    /** Completes; at most one that lives has its unique key. */
    UNIQUE,
    /** Completes; at most one valid attempt has its overlap key. */
    OVERLAP,
    /** Links that run one after another; one may fail, then the catch callback follows. */
    CHAIN,
    /** Members in any order, then both callbacks. */
    BATCH,
    /** Pushed by a schedule. */
    TICK
}
