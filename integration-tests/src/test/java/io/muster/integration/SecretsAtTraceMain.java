package io.muster.integration;

import io.muster.cluster.ClusterException;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Opens each cluster and store that it is told of, {@code address} or {@code coordinator|store}, and runs a job there; {@link #REFUSED} or {@link #DONE} says
 * what came of it.
 */
final class SecretsAtTraceMain {
    static final String REFUSED = "refused: ";
    static final String DONE = "done";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private SecretsAtTraceMain() {}

    record Work(int number) {}

    public static void main(String[] places) throws InterruptedException {
        for (String place : places) {
            // A process of its own: the test reads its answer there.
            System.out.println(tried(place.split("\\|", -1)));
        }
    }

    private static String tried(String[] place) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        QueueBuilder builder =
                Queue.named("trace").cluster(place[0]).handle("work", Work.class, (job, context) -> ran.countDown());
        try (Queue queue = (place.length == 1 ? builder : builder.store(place[1])).start()) {
            queue.push(new Work(1));
            return ran.await(PATIENCE.toSeconds(), TimeUnit.SECONDS) ? DONE : "the job did not run";
        } catch (ClusterException | QueueException e) {
            return REFUSED + e;
        }
    }
}
