package io.muster.examples;

import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.UnitOfWork;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The ways a job leaves: to a queue with options of its own, perhaps, in the caller, after the response, past pipes. */
public final class DispatchWays {
    private static final CountDownLatch RAN = new CountDownLatch(4);

    private DispatchWays() {}

    @JobName("report.build")
    @JobDefaults(tries = 2, timeout = "PT30S")
    record BuildReport(int pages) implements Job {
        @Override
        public JobOptions options() {
            return pages > 100 ? JobOptions.DEFAULT.withQueue("large") : JobOptions.DEFAULT;
        }

        @Override
        public void handle(JobContext context) {
            System.out.println(pages + " pages on " + context.queue() + " " + context.tags());
            RAN.countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("reports")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(BuildReport.class)
                .pipe(outgoing -> Optional.of(outgoing.withOptions(said -> said.withTags("by-example"))))
                .pool(PoolOptions.of("default", "large"))
                .start()) {
            queue.job(new BuildReport(500)).delay(Duration.ofMillis(200)).dispatch();
            queue.job(new BuildReport(400)).onQueue("default").tries(5).dispatch();
            Optional<Dispatched> none = queue.job(new BuildReport(0)).dispatchIf(false);
            System.out.println("Dispatched if false: " + none.isPresent());
            queue.job(new BuildReport(3)).dispatchSync();

            try (UnitOfWork request = UnitOfWork.open()) {
                queue.job(new BuildReport(1)).dispatchAfterResponse();
                queue.afterResponse(context -> System.out.println("Closed the books"));
                System.out.println("Response sent, then " + request.waiting() + " things to do");
            }
            RAN.await(20, TimeUnit.SECONDS);
        }
    }
}
