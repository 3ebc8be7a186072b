package io.muster.cluster.time;

import io.muster.cluster.ClusterUnavailableException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Lets one action run at a time, first come, first served, on the callers' own threads: what keeps blocking calls in order
 * without a lock held over them. Thread-safe, not re-entrant.
 */
public final class Turns {
    private final Timeline timeline;
    private CompletableFuture<?> tail = CompletableFuture.completedFuture(true);

    public Turns(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * Runs {@code action} once everything that came earlier has ended.
     *
     * @param action ends by the deadline itself
     * @throws ClusterUnavailableException the turn did not come before the deadline; the action did not run
     */
    public void run(Deadline deadline, Runnable action) {
        CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
        CompletableFuture<?> earlier;
        synchronized (this) {
            earlier = tail;
            tail = CompletableFuture.allOf(earlier, mine);
        }
        try {
            if (!timeline.await(earlier, deadline)) {
                throw new ClusterUnavailableException("Earlier calls of the same kind are still under way");
            }
            action.run();
        } finally {
            mine.complete(null);
        }
    }
}
