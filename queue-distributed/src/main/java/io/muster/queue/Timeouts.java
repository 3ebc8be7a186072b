package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import java.time.Duration;

/** How long an attempt may run, so that its node has ended it before others take it for lost. K2 */
record Timeouts(Duration reclaimAfter) {
    private static final Duration MARGIN = Duration.ofSeconds(5);

    /** @throws ClusterConfigurationException the timeout is not shorter than {@code muster.reclaim-after} by five seconds */
    void check(String whose, Duration timeout) {
        if (timeout.compareTo(reclaimAfter.minus(MARGIN)) > 0) {
            throw new ClusterConfigurationException("The timeout of " + whose + ", " + timeout
                    + ", must be shorter than muster.reclaim-after, " + reclaimAfter + ", by at least " + MARGIN
                    + "; shorten it, or set muster.reclaim-after longer on all nodes");
        }
    }
}
