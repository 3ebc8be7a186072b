package io.muster.queue.store;

import java.util.List;
import java.util.Optional;

/**
 * Part of a listing of batches.
 *
 * @param next where the next page begins, in the store's own form; empty: this was the last
 */
public record BatchPage(List<StoredBatch> batches, Optional<String> next) {
    public BatchPage {
        batches = List.copyOf(batches);
    }
}
