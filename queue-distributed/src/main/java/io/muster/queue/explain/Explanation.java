package io.muster.queue.explain;

import io.muster.queue.store.StoredJob;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What holds a job at this moment, and what it is doing.
 *
 * @param job as the store has it; empty if it knows none of this id
 * @param causes all that were found, those first that must go first; never empty
 */
public record Explanation(String jobId, Optional<StoredJob> job, List<Cause> causes) {
    public Explanation {
        causes = List.copyOf(causes);
    }

    /** The causes as sentences, one a line. */
    public String text() {
        return causes.stream().map(Cause::text).collect(Collectors.joining("\n"));
    }
}
