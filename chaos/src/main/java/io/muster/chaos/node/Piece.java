package io.muster.chaos.node;

import io.muster.queue.job.JobDefaults;

/**
 * The only job of a run.
 *
 * @param plan under which name a client set out to push it, or a schedule pushes it
 * @param part which job of the plan it is
 * @param millis how long it works
 * @param failures how many of its attempts throw
 * @param overlap its overlap key; empty: none
 */
/* More crashes than a run has faults: a job that is always there when its node dies is no poison. */
@JobDefaults(tries = 4, timeout = "PT2M", backoff = "PT0.2S", maxCrashes = 1000)
public record Piece(String plan, String part, long millis, int failures, String overlap) {
    /** The name of the type. */
    public static final String TYPE = "chaos.piece";
}
