package io.muster.examples;

import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobDefaults;
import io.muster.queue.job.JobName;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.Middleware;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.unique.UniqueLeases;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Unique jobs, of which one is in the queue, and jobs of which one runs at a time. */
public final class OneAtATime {
    private static final CountDownLatch BOOKED = new CountDownLatch(4);
    private static final AtomicInteger AT_ONCE = new AtomicInteger();
    private static final AtomicInteger MOST_AT_ONCE = new AtomicInteger();

    private OneAtATime() {}

    @JobName("index.rebuild")
    @JobDefaults(unique = true, uniqueFor = "PT1H")
    record RebuildIndex() implements Job {
        @Override
        public void handle(JobContext context) {
            System.out.println("Rebuilt");
        }
    }

    @JobName("index.update")
    record UpdateIndex(int product) implements Job {
        @Override
        public JobOptions options() {
            return JobOptions.DEFAULT.withUnique("product-" + product);
        }

        @Override
        public void handle(JobContext context) {
            System.out.println("Updated " + product);
        }
    }

    @JobName("account.book")
    record Book(String account, int amount) implements Job {
        @Override
        public List<Middleware> middleware() {
            return List.of(WithoutOverlapping.on(account));
        }

        @Override
        public void handle(JobContext context) throws InterruptedException {
            MOST_AT_ONCE.accumulateAndGet(AT_ONCE.incrementAndGet(), Math::max);
            TimeUnit.MILLISECONDS.sleep(20); // a slow bank
            AT_ONCE.decrementAndGet();
            BOOKED.countDown();
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (Queue queue = Queue.named("one-at-a-time")
                .cluster(args.length > 0 ? args[0] : "local:")
                .job(RebuildIndex.class)
                .job(UpdateIndex.class)
                .job(Book.class)
                .pool(PoolOptions.of("default").withConcurrency(4))
                .start()) {
            Duration tonight = Duration.ofHours(8);
            String first = queue.later(tonight, new RebuildIndex());
            Dispatched second = queue.job(new RebuildIndex()).dispatch();
            System.out.println("The second is the first: " + second.holder().map(first::equals));

            queue.later(tonight, new UpdateIndex(7));
            System.out.println("Product 7 again: "
                    + queue.job(new UpdateIndex(7)).dispatch().holder().isPresent());
            System.out.println("Product 8: "
                    + queue.job(new UpdateIndex(8))
                            .delay(tonight)
                            .dispatch()
                            .holder()
                            .isPresent());

            Dispatched leased = queue.job(new UpdateIndex(9))
                    .uniqueVia(UniqueLeases.OWN)
                    .uniqueFor(Duration.ofHours(1))
                    .delay(tonight)
                    .dispatch();
            System.out.println("Product 9 again, by a lease: "
                    + queue.job(new UpdateIndex(9))
                            .uniqueVia(UniqueLeases.OWN)
                            .uniqueFor(Duration.ofHours(1))
                            .dispatch()
                            .holder()
                            .equals(Optional.of(leased.jobId())));

            for (int amount = 1; amount <= 4; amount++) {
                queue.push(new Book("ada", amount));
            }
            System.out.println("All booked: " + BOOKED.await(20, TimeUnit.SECONDS));
            System.out.println("Most at once: " + MOST_AT_ONCE.get());
        }
    }
}
