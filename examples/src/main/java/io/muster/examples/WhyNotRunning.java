package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.explain.Cause;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Why is it not running? The queue says what holds a job, also one that is not pushed yet. */
public final class WhyNotRunning {
    private static final CountDownLatch BEGUN = new CountDownLatch(1);
    private static final CountDownLatch SEEN = new CountDownLatch(1);
    private static final CountDownLatch PUBLISHED = new CountDownLatch(1);

    private WhyNotRunning() {}

    @JobName("video.encode")
    record Encode(String title) implements Job {
        @Override
        public void handle(JobContext context) throws InterruptedException {
            context.progress(40);
            BEGUN.countDown();
            SEEN.await();
        }
    }

    @JobName("video.publish")
    record Publish(String title) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Published " + title);
            PUBLISHED.countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("why-not-running")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(Encode.class)
                .job(Publish.class)
                .start()) {
            String later = queue.later(Duration.ofHours(8), new Publish("Tonight"));
            System.out.println("Tonight: " + codes(queue, later));

            queue.pause("media");
            String paused = queue.pushOn("media", new Publish("Paused"));
            System.out.println("On media: " + codes(queue, paused));

            String first = queue.chain(
                            new Encode("Ada"), queue.job(new Publish("Ada")).id("publish-ada"))
                    .dispatch()
                    .jobId();
            BEGUN.await();
            System.out.println("Encoding: " + codes(queue, first));
            System.out.println("Publishing: " + codes(queue, "publish-ada"));
            SEEN.countDown();
            PUBLISHED.await();
        }
    }

    private static List<String> codes(Queue queue, String jobId) {
        return queue.explain(jobId).causes().stream().map(Cause::code).toList();
    }
}
