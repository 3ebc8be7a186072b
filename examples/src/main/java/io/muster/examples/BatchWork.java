package io.muster.examples;

import io.muster.cluster.Subscription;
import io.muster.queue.Queue;
import io.muster.queue.event.QueueEvent.AfterJob;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.store.BatchAges;
import io.muster.queue.worker.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Batches with all their callbacks, grown, nested, cancelled, retried, asked for by id and pruned. */
public final class BatchWork {
    private static final CountDownLatch CALLED = new CountDownLatch(3);
    private static final AtomicBoolean DISK_FULL = new AtomicBoolean(true);

    private BatchWork() {}

    /** Some rows of a file. */
    @JobName("rows.import")
    record ImportRows(int from, int to) implements Job {
        @Override
        public void handle(JobContext context) {
            if (from < 0 && DISK_FULL.get()) {
                throw new IllegalStateException("the disk is full");
            }
        }
    }

    /** Fills its batch with the parts of a file. */
    @JobName("rows.load")
    record LoadFile(int parts) implements Job {
        @Override
        public void handle(JobContext context) {
            context.batch()
                    .add(IntStream.range(0, parts)
                            .mapToObj(part -> new ImportRows(part * 100 + 1, part * 100 + 100))
                            .toList());
        }
    }

    /** Gives up what nobody wants any more. */
    @JobName("rows.stop")
    record StopImport() implements Job {
        @Override
        public void handle(JobContext context) {
            context.batch().cancel();
        }
    }

    @JobName("rows.note")
    record Note(String what) implements Job {
        @Override
        public void handle(JobContext context) {
            String of = context.isInBatch() ? " [" + context.batch().name() + "]" : "";
            System.out.println(what + of);
            if (of.contains("contacts.csv")) {
                CALLED.countDown();
            }
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("imports")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(ImportRows.class)
                .job(LoadFile.class)
                .job(StopImport.class)
                .job(Note.class)
                .pool(PoolOptions.of("imports", "default").withConcurrency(2))
                .start()) {
            withCallbacks(queue);
            nested(queue);
            failedAndRetried(queue);
            cancelled(queue);
            int kept = queue.batches().list(Optional.empty(), 100).batches().size();
            int pruned = queue.batches()
                    .prune(new BatchAges(Optional.of(Duration.ZERO), Optional.empty(), Optional.empty()));
            System.out.println("Batches " + kept + ", pruned some: " + (pruned > 0));
        }
    }

    private static void withCallbacks(Queue queue) throws InterruptedException {
        Batch batch = queue.batch("contacts.csv")
                .add(new LoadFile(3))
                .before(new Note("Created"))
                .then(new Note("All rows are in"))
                .catching(new Note("A part failed"))
                .onFinally(new Note("Ended"))
                .onQueue("imports")
                .dispatch();
        Batch done = finished(batch);
        System.out.println(done.totalJobs() + " jobs, " + done.failedJobs() + " failed, " + done.progress() + "%");
        CALLED.await(20, TimeUnit.SECONDS);
        Batch byId = queue.batches().find(batch.id()).orElseThrow();
        System.out.println("As JSON: " + byId.toJson().contains("\"progress\":100"));
    }

    private static void nested(Queue queue) throws InterruptedException {
        finished(queue.batch("two chains")
                .addChain(new Note("Release 1"), new Note("Tell of 1"))
                .addChain(new Note("Release 2"), new Note("Tell of 2"))
                .dispatch());
        CountDownLatch told = new CountDownLatch(1);
        Subscription listening = queue.on(AfterJob.class, event -> {
            if (event.job().type().equals("rows.note")
                    && new String(event.job().payload(), StandardCharsets.UTF_8).contains("Behind both")) {
                told.countDown();
            }
        });
        queue.chain(
                        new Note("Cache flushed"),
                        queue.batch("releases").add(new Note("Release 3"), new Note("Release 4")),
                        new Note("Behind both"))
                .dispatch();
        told.await(20, TimeUnit.SECONDS);
        listening.close();
    }

    private static void failedAndRetried(Queue queue) throws InterruptedException {
        Batch batch = queue.batch("broken.csv")
                .add(new ImportRows(-1, 0), new ImportRows(1, 100))
                .allowFailures()
                .dispatch();
        Batch done = finished(batch);
        System.out.println("Failed " + done.failedJobs() + ", cancelled: " + done.cancelled());
        DISK_FULL.set(false);
        System.out.println("Retried " + queue.batches().retry(batch.id()));
        System.out.println("Failed then " + finished(batch).failedJobs());
    }

    private static void cancelled(Queue queue) throws InterruptedException {
        Batch batch = finished(queue.batch("unwanted.csv").add(new StopImport()).dispatch());
        System.out.println("Cancelled by its own job: " + batch.cancelled());
    }

    /** A program of yours would rather be told by a callback. */
    private static Batch finished(Batch batch) throws InterruptedException {
        Batch now = batch.refreshed();
        while (!now.finished()) {
            TimeUnit.MILLISECONDS.sleep(10);
            now = now.refreshed();
        }
        return now;
    }
}
