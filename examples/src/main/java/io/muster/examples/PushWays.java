package io.muster.examples;

import io.muster.queue.Dispatched;
import io.muster.queue.Outgoing;
import io.muster.queue.Queue;
import io.muster.queue.QueuesItself;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The plain pushes, options that a job class brings along, and a job that sees to its own queueing. */
public final class PushWays {
    private static final CountDownLatch SENT = new CountDownLatch(7);

    private PushWays() {}

    @JobName("mail.invoice")
    record InvoiceMail(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Invoice " + order + " by " + context.queue());
            SENT.countDown();
        }
    }

    /** Queue, delay, tries and timeout are its class's own; what is said at dispatch beats them. */
    @JobName("mail.thanks")
    @JobDefaults(queue = "emails", delay = "PT0.1S", tries = 3, timeout = "PT20S")
    record ThankYouMail(int order) implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Thanks for " + order + " by " + context.queue() + " within "
                    + context.timeout().toSeconds() + " s");
            SENT.countDown();
        }
    }

    /** Large orders go to a queue of their own, whoever dispatches them. */
    @JobName("order.pack")
    record PackOrder(int parts) implements Job, QueuesItself {
        @Override
        public Dispatched queue(Outgoing outgoing, Pushing pushing) {
            return pushing.push(parts > 100 ? outgoing.withOptions(said -> said.withQueue("large")) : outgoing);
        }

        @Override
        public void handle(JobContext context) {
            System.out.println("Packed " + parts + " parts by " + context.queue());
            SENT.countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("mails")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(InvoiceMail.class)
                .job(ThankYouMail.class)
                .job(PackOrder.class)
                .pool(PoolOptions.of("emails", "default", "large"))
                .start()) {
            queue.push(new InvoiceMail(1));
            queue.pushOn("emails", new InvoiceMail(2));
            queue.later(Duration.ofMillis(200), new InvoiceMail(3));
            queue.laterOn("emails", Duration.ofMillis(200), new InvoiceMail(4));
            queue.bulk("emails", List.of(new InvoiceMail(5), new ThankYouMail(5)));
            queue.push(new PackOrder(500));
            SENT.await(20, TimeUnit.SECONDS);
        }
    }
}
