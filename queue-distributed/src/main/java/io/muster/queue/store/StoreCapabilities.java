package io.muster.queue.store;

import java.time.Duration;
import java.util.List;

/**
 * Numbers in which stores differ.
 *
 * @param store name for people: memory, cluster, redis, postgresql …
 * @param mostPayloadBytes size of one job's payload
 * @param mostPushBatch jobs per push that are applied all or nothing
 * @param remembersIdsFor how long a settled job's id is remembered at least, unless the leader's retention is shorter
 * @param keepsBatches whether it has a {@link JobStore#batches} desk and gives failure notices ({@link NewJob#tellsFailure}); one that has not
 *     refuses jobs of batches
 * @param durability what survives which crash, one sentence for people
 */
public record StoreCapabilities(
        String store,
        int mostPayloadBytes,
        int mostPushBatch,
        Duration remembersIdsFor,
        boolean keepsBatches,
        String durability) {
    /**
     * For stores: refuses what one without batches cannot keep.
     *
     * @throws UnsupportedOperationException a job belongs to a batch and this store has none
     */
    public void checkBatches(List<NewJob> jobs) {
        if (!keepsBatches && jobs.stream().anyMatch(job -> job.batch().isPresent())) {
            throw noBatches();
        }
    }

    UnsupportedOperationException noBatches() {
        return new UnsupportedOperationException("Store " + store + " keeps no batches; nothing was done");
    }
}
