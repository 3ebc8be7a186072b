package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.event.QueueEvent.AfterJob;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Three pools on one node: one with options for its jobs, one that ends by itself, one that goes on in maintenance. */
public final class WorkerPools {
    private static final CountDownLatch IMPORTED = new CountDownLatch(2);
    private static final CountDownLatch ALARMED = new CountDownLatch(1);
    private static final CountDownLatch SENT = new CountDownLatch(1);

    private WorkerPools() {}

    @JobName("file.import")
    record ImportFile(int number) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Imported a file");
        }
    }

    @JobName("alarm.raise")
    record RaiseAlarm(String what) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Alarm: " + what);
            ALARMED.countDown();
        }
    }

    @JobName("receipt.send")
    record SendReceipt(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Receipt of order " + order);
            SENT.countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        PoolOptions mail = PoolOptions.of("mail", "default")
                .withConcurrency(4)
                .withTries(3)
                .withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(10))
                .withTimeout(Duration.ofSeconds(30));
        try (Queue queue = Queue.named("shop")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(ImportFile.class)
                .job(RaiseAlarm.class)
                .job(SendReceipt.class)
                .pool(mail)
                .pool(PoolOptions.of("imports").withMaxJobs(2))
                .pool(PoolOptions.of("alarms").withForce())
                .on(AfterJob.class, event -> {
                    if (event.job().queue().equals("imports")) {
                        IMPORTED.countDown();
                    }
                })
                .start()) {
            for (int file = 1; file <= 3; file++) {
                queue.pushOn("imports", new ImportFile(file));
            }
            IMPORTED.await(20, TimeUnit.SECONDS);
            System.out.println("Files left: " + queue.size("imports").live());

            queue.operations().down("moving the database");
            queue.pushOn("mail", new SendReceipt(7));
            queue.pushOn("alarms", new RaiseAlarm("disk is full"));
            ALARMED.await(20, TimeUnit.SECONDS);
            System.out.println("Why mail waits: "
                    + queue.operations().maintenance().orElseThrow().reason());

            queue.pool("mail").concurrency(8);
            queue.operations().up();
            SENT.await(20, TimeUnit.SECONDS);
            System.out.println("Slots for mail: " + queue.pool("mail").options().concurrency());
        }
    }
}
