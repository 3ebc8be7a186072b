package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.event.QueueEvent.JobFailed;
import io.muster.queue.failed.FailedFilter;
import io.muster.queue.failed.FailedJob;
import io.muster.queue.failed.RetryReport;
import io.muster.queue.health.QueueHealth;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.worker.PoolOptions;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A job fails, a listener hears of it, somebody looks at it, mends what was broken, and lets it run again. */
public final class FailedAndRetried {
    private static final AtomicBoolean BANK_ANSWERS = new AtomicBoolean();
    private static final CountDownLatch FAILED = new CountDownLatch(1);
    private static final CountDownLatch CHARGED = new CountDownLatch(1);

    private FailedAndRetried() {}

    @JobName("order.charge")
    @JobDefaults(queue = "payments", tries = 2, tags = "money")
    record ChargeOrder(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            if (!BANK_ANSWERS.get()) {
                throw new IllegalStateException("the bank does not answer");
            }
            System.out.println("Charged order " + order + " at attempt " + context.attempt());
            CHARGED.countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("shop")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(ChargeOrder.class)
                .pool(PoolOptions.of("payments"))
                .on(JobFailed.class, event -> {
                    System.out.println("Failed at attempt " + event.job().attempt() + ", tell somebody");
                    FAILED.countDown();
                })
                .start()) {
            queue.push(new ChargeOrder(7));
            FAILED.await(20, TimeUnit.SECONDS);
            look(queue);

            BANK_ANSWERS.set(true);
            RetryReport report = queue.failed().retry(FailedFilter.ALL.onQueue("payments"));
            System.out.println("Retried " + report.retried());
            CHARGED.await(20, TimeUnit.SECONDS);
        }
    }

    private static void look(Queue queue) {
        for (FailedJob job :
                queue.failed().list(FailedFilter.ALL, Optional.empty(), 50).jobs()) {
            System.out.println(job.type() + " on " + job.queue() + " failed "
                    + job.attempts().exceptions() + " times, has a stack trace: "
                    + job.stackTrace().contains("ChargeOrder.handle"));
        }
        QueueHealth health = queue.health();
        System.out.println("Health " + health.figures().get("status") + ", failed "
                + health.stats().failed());
    }
}
