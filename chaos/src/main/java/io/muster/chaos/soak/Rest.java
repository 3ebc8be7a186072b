package io.muster.chaos.soak;

/** A time without load and without faults, at whose end everything is counted. */
public enum Rest {
    /** After the warm-up, when finished jobs are forgotten too: what everything is compared with. */
    BASELINE,
    /** As soon as all jobs have ended; finished ones are still there for as long as they are kept. */
    BETWEEN,
    /** After the load, when finished jobs are forgotten too. */
    LAST
}
