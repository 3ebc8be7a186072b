package io.muster.queue.clusterstore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoreFullException;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps the number of live jobs within its bound, by counting now and then and adding what this process pushed since: several
 * processes may together exceed it by what they push between two counts. Thread-safe.
 */
final class Room {
    private static final Duration COUNT_AGAIN = Duration.ofSeconds(5);

    private final Search search;
    private final Timeline timeline;
    private final int mostJobs;

    @GuardedBy("this")
    private Optional<Count> latest = Optional.empty();

    private record Count(long jobs, long atNanos) {}

    Room(Search search, Timeline timeline, int mostJobs) {
        this.search = search;
        this.timeline = timeline;
        this.mostJobs = mostJobs;
    }

    /** Throws if {@code jobs} more do not fit. */
    void require(int jobs) {
        if (fitsByEstimate(jobs)) {
            return;
        }
        long counted = search.counts().stream().mapToLong(QueueCounts::live).sum();
        synchronized (this) {
            latest = Optional.of(new Count(counted, timeline.ticker().nanos()));
        }
        if (counted + jobs > mostJobs) {
            throw new StoreFullException(
                    "The coordinator keeps " + mostJobs
                            + " live jobs at most (cluster:?most-jobs=…); nothing was pushed. Work them off, or choose a store for more");
        }
    }

    synchronized void took(int jobs) {
        latest = latest.map(count -> new Count(count.jobs + jobs, count.atNanos));
    }

    private synchronized boolean fitsByEstimate(int jobs) {
        if (latest.isEmpty()) {
            return false;
        }
        long spare = mostJobs - latest.get().jobs - jobs;
        boolean recent = timeline.ticker().nanos() - latest.get().atNanos < COUNT_AGAIN.toNanos();
        return spare > mostJobs / 2 || (spare >= 0 && recent);
    }
}
