package io.muster.queue.jdbc;

import io.muster.queue.store.NewJob;
import org.jspecify.annotations.Nullable;

/** Names of the lanes of jobs that are mostly alike: encoded once for all that follow each other. Used by one thread. */
final class LaneNames {
    private @Nullable NewJob last;
    private String name = "";

    String of(NewJob job) {
        NewJob before = last;
        boolean alike = before != null
                && job.priority() == before.priority()
                && job.queue().equals(before.queue())
                && job.type().equals(before.type());
        if (!alike) {
            name = Pushing.laneName(job);
            last = job;
        }
        return name;
    }
}
