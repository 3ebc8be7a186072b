package io.muster.queue.store;

import io.muster.cluster.spi.Key;

/**
 * That a job belongs to a batch. W2, W3
 *
 * @param batchId the batch
 * @param links how many of the batch's jobs this one stands for: itself and the links of its chain that are to follow in the same batch; 1
 *     for a job without chain. Pushing it raises the batch's total by so many
 */
public record BatchMembership(String batchId, int links) {
    public BatchMembership {
        if (batchId.length() > NewJob.MOST_ID_CHARACTERS || !batchId.equals(Key.segment(batchId))) {
            throw new IllegalArgumentException(
                    "A batch id has 1 to 100 characters of A-Z a-z 0-9 . _ ~ -, not \"" + batchId + "\"");
        }
        if (links < 1) {
            throw new IllegalArgumentException("A member of a batch stands for one job at least, not for " + links);
        }
    }
}
