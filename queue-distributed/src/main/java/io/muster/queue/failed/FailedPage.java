package io.muster.queue.failed;

import java.util.List;
import java.util.Optional;

/**
 * Part of a listing.
 *
 * @param next where the next page begins; empty: this was the last
 */
public record FailedPage(List<FailedJob> jobs, Optional<String> next) {
    public FailedPage {
        jobs = List.copyOf(jobs);
    }
}
