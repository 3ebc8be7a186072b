package io.muster.queue.store;

import java.util.Optional;

/**
 * What a store knows of that keeps a ready job from being assigned.
 *
 * @param pausedBy who paused its queue, as {@link JobStore.Intake#pause} was told; empty if it is not paused
 * @param overlap the overlap key it wants, if another job's attempt holds that
 */
public record JobObstacles(Optional<String> pausedBy, Optional<HeldKey> overlap) {
    public static final JobObstacles NONE = new JobObstacles(Optional.empty(), Optional.empty());

    /**
     * A key that is not free.
     *
     * @param holderJobId whose attempt holds it
     */
    public record HeldKey(String key, String holderJobId) {}
}
