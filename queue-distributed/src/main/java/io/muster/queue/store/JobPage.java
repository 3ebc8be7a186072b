package io.muster.queue.store;

import java.util.List;
import java.util.Optional;

/**
 * Part of a listing.
 *
 * @param next where the next page begins, in the store's own form; empty: this was the last
 */
public record JobPage(List<StoredJob> jobs, Optional<String> next) {
    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
