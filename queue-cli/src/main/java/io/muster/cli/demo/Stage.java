package io.muster.cli.demo;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.Queue;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Where the demo plays.
 *
 * @param cluster the nodes
 * @param queue looks at them from outside
 * @param queueName of the queue that they serve
 */
record Stage(DemoCluster cluster, Queue queue, String queueName, Timeline timeline) {
    /** Lets time pass. */
    void pause(Duration duration) {
        timeline.await(new CompletableFuture<Void>(), after(duration));
    }

    Deadline after(Duration duration) {
        return Deadline.after(duration, timeline.ticker());
    }

    Duration since(long nanos) {
        return Duration.ofNanos(timeline.ticker().nanos() - nanos);
    }
}
