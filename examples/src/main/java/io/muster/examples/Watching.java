package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.event.QueueEvent.AfterJob;
import io.muster.queue.event.QueueEvent.BeforeJob;
import io.muster.queue.event.QueueEvent.JobFailed;
import io.muster.queue.event.QueueEvent.Looping;
import io.muster.queue.event.QueueEvent.QueueBusy;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.worker.PoolListener;
import io.muster.queue.worker.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What one can be told of: jobs before and after they run, failures, a queue that grows; and the figures behind it. */
public final class Watching {
    private static final CountDownLatch LOOPED = new CountDownLatch(1);
    private static final CountDownLatch TOLD = new CountDownLatch(6);
    private static final CountDownLatch BUSY = new CountDownLatch(1);

    private Watching() {}

    @JobName("parcel.weigh")
    record Weigh(int grams) implements Job {
        @Override
        public void handle(JobContext context) {
            if (grams < 0) {
                throw new IllegalArgumentException("lighter than air");
            }
        }
    }

    /** Told of this node's pool. */
    private static final class Clerk implements PoolListener {
        @Override
        public void completed(Attempt attempt) {
            say("Clerk: done " + new String(attempt.payload(), StandardCharsets.UTF_8).contains("\"grams\":500"));
        }

        @Override
        public void failed(Attempt attempt, Settlement.Failed failure) {
            say("Clerk: failed, " + failure.reason());
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("parcels")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(Weigh.class)
                .pool(PoolOptions.of("scales"))
                .on(Looping.class, event -> LOOPED.countDown())
                .on(BeforeJob.class, event -> say("Before " + event.job().type()))
                .on(AfterJob.class, event -> say("After " + event.job().type()))
                .on(JobFailed.class, event -> say("Failed: " + event.cause()))
                .on(QueueBusy.class, event -> {
                    System.out.println("Busy: " + event.queue() + " has " + event.size());
                    BUSY.countDown();
                })
                .start()) {
            queue.listen("scales", new Clerk());
            System.out.println("A pool looks for jobs: " + LOOPED.await(20, TimeUnit.SECONDS));
            queue.pushOn("scales", new Weigh(500));
            queue.pushOn("scales", new Weigh(-1));
            TOLD.await(20, TimeUnit.SECONDS);

            queue.bulk("unserved", List.of(new Weigh(1), new Weigh(2), new Weigh(3)));
            queue.monitor(List.of("scales", "unserved"), 2);
            BUSY.await(20, TimeUnit.SECONDS);
            System.out.println("Waiting " + queue.totals().pending() + ", failed "
                    + queue.totals().failed());
            System.out.println("Slots " + queue.pools().get(0).total());
        }
    }

    private static void say(String what) {
        System.out.println(what);
        TOLD.countDown();
    }
}
