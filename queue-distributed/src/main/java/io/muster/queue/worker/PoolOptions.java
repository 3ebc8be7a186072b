package io.muster.queue.worker;

import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.job.JobOptions;
import java.time.Duration;
import java.util.List;

/**
 * A worker pool of a node. K1
 *
 * @param name unique on the node
 * @param order what it serves: strict, the most wanted first, or by weights (Q6)
 * @param concurrency handlers at once
 * @param backstop how often it asks without being told, in case a notification was lost; at least one second; if a leader assigns,
 *     every 15 seconds after a while in which nothing came
 * @param jobDefaults options of jobs that say nothing themselves: tries, timeout, backoff and the like; what only counts at dispatch is
 *     not used
 */
public record PoolOptions(String name, QueueOrder order, int concurrency, Duration backstop, JobOptions jobDefaults) {
    public static final Duration DEFAULT_BACKSTOP = Duration.ofSeconds(3);

    public PoolOptions {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A pool needs a name");
        }
        if (order.queues().isEmpty()) {
            throw new IllegalArgumentException("Pool \"" + name + "\" serves no queue; name at least one");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException(
                    "Pool \"" + name + "\" needs a concurrency of at least 1, not " + concurrency);
        }
        if (backstop.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "Pool \"" + name + "\" may ask at most once a second, not every " + backstop);
        }
    }

    /** A pool with a strict order, named after its first queue, one job at a time. */
    public static PoolOptions of(String... queues) {
        return of(QueueOrder.strict(queues));
    }

    /** A pool named after its first queue, one job at a time. */
    public static PoolOptions of(QueueOrder order) {
        List<String> queues = order.queues();
        return new PoolOptions(queues.isEmpty() ? "" : queues.get(0), order, 1, DEFAULT_BACKSTOP, JobOptions.DEFAULT);
    }

    /** What it serves. */
    public List<String> queues() {
        return order.queues();
    }

    public PoolOptions withName(String changed) {
        return new PoolOptions(changed, order, concurrency, backstop, jobDefaults);
    }

    public PoolOptions withConcurrency(int changed) {
        return new PoolOptions(name, order, changed, backstop, jobDefaults);
    }

    /** Options of jobs that say nothing themselves; a value on the job beats them. J2 */
    public PoolOptions withJobDefaults(JobOptions changed) {
        return new PoolOptions(name, order, concurrency, backstop, changed);
    }
}
