package io.muster.examples;

import io.muster.queue.Queue;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.job.Middleware;
import io.muster.queue.middleware.SkipIfBatchCancelled;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Jobs that follow one another, and jobs that belong together. */
public final class Workflows {
    private static final CountDownLatch CHAINS = new CountDownLatch(2);
    private static final CountDownLatch BATCHES = new CountDownLatch(3);

    private Workflows() {}

    @JobName("podcast.step")
    record Step(String what) implements Job {
        @Override
        public void handle(JobContext context) {
            if (what.equals("publish a broken file")) {
                throw new IllegalStateException("the file is broken");
            }
            System.out.println("Did " + what);
        }
    }

    @JobName("csv.import")
    record ImportRows(int part) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(new SkipIfBatchCancelled());
        }

        @Override
        public void handle(JobContext context) {
            if (part == 0) {
                context.batch().add(new ImportRows(1), new ImportRows(2));
                return;
            }
            if (part < 0) {
                throw new IllegalArgumentException("no such part");
            }
            System.out.println("Imported part " + part);
        }
    }

    @JobName("ops.tell")
    record Tell(String what) implements Job {
        @Override
        public void handle(JobContext context) {
            String why =
                    context.failure().map(failure -> ": " + failure.reason()).orElse("");
            System.out.println(what + why);
            (what.startsWith("Episode") ? CHAINS : BATCHES).countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("studio")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(Step.class)
                .job(ImportRows.class)
                .job(Tell.class)
                .start()) {
            queue.chain(new Step("cut"), new Step("mix"), new Tell("Episode 1 is out"))
                    .catching(new Tell("Episode 1 stands still"))
                    .dispatch();
            queue.chain(new Step("publish a broken file"), new Tell("never"))
                    .catching(new Tell("Episode 2 stands still"))
                    .dispatch();
            CHAINS.await(20, TimeUnit.SECONDS);

            Batch batch = queue.batch("rows.csv")
                    .add(new ImportRows(0))
                    .then(new Tell("All rows are in"))
                    .catching(new Tell("A part failed"))
                    .onFinally(new Tell("The import has ended"))
                    .dispatch();
            queue.batch("odd.csv")
                    .add(new ImportRows(-1))
                    .catching(new Tell("A part failed"))
                    .dispatch();
            BATCHES.await(20, TimeUnit.SECONDS);

            Batch done = queue.batches().find(batch.id()).orElseThrow();
            System.out.println(done.processedJobs() + " of " + done.totalJobs() + " jobs, " + done.progress() + "%");
            System.out.println("Batches: "
                    + queue.batches().list(Optional.empty(), 10).batches().size());
        }
    }
}
